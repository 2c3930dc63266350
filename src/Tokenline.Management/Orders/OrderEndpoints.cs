using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;
using Tokenline.Management.Api;
using Tokenline.Management.Parties;

namespace Tokenline.Management.Orders;

internal static class OrderEndpoints
{
    private const string Tag = "Orders";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/orders", PlaceAsync)
            .Takes<NewOrderBody>()
            .Produces<OrderBody>(201)
            .Produces<OrderBody>(202)
            .Documented(
                Tag,
                "Order an offering",
                "On the phone bill unless told. 201: the order has ended: `completed`, and what it grants can be spent by the next call, or `failed` with the carrier's `reason`. "
                    + "202: it is `inProgress`, because the carrier has not answered; or `pending`, because it is to be confirmed. Ask for it again.",
                Problems.InvalidRequest,
                Problems.PaymentRefused,
                Problems.AccountSuspended,
                Problems.ConfirmationRequired,
                Problems.NotEligible,
                Problems.NotFound,
                Problems.Conflict,
                Problems.IdempotencyConflict,
                Problems.OfferingUnavailable,
                Problems.OutOfStock,
                Problems.VoucherRefused,
                Problems.ReferralRefused,
                Problems.PriceChanged
            );
        api.MapPost("/orders/{id}/confirm", ConfirmAsync)
            .Takes<ConfirmOrderBody>(isOptional: true)
            .Produces<OrderBody>()
            .Produces<OrderBody>(202)
            .Documented(
                Tag,
                "Confirm a pending order",
                "With the code that went to the phone, where one did; then it is paid. 202: the carrier has not answered.",
                Problems.InvalidRequest,
                Problems.PaymentRefused,
                Problems.WrongCode,
                Problems.NotFound,
                Problems.PaymentInProgress,
                Problems.WrongState,
                Problems.UpstreamUnavailable
            );
        api.MapPost("/orders/{id}/code", SendCodeAsync)
            .Produces<OrderBody>(202)
            .Documented(
                Tag,
                "Send another code for a pending order",
                "At most five; the one before is good no more.",
                Problems.NotFound,
                Problems.WrongState,
                Problems.RateLimitExceeded
            );
        api.MapPost("/orders/{id}/cancel", CancelAsync)
            .Produces<OrderBody>()
            .Documented(
                Tag,
                "Cancel a pending order",
                "What was set aside is let go of. What is not pending any more is not cancelled.",
                Problems.NotFound,
                Problems.PaymentInProgress,
                Problems.WrongState
            );
        api.MapGet("/orders/{id}", ShowAsync).Produces<OrderBody>().Documented(Tag, "Show an order", "With its state.", Problems.NotFound);
        api.MapGet("/customers/{id}/orders", ListAsync)
            .Produces<Page<OrderBody>>()
            .Documented(Tag, "List a customer's orders", "Newest first.", Problems.InvalidRequest, Problems.NotFound);
    }

    private static async Task<IResult> PlaceAsync(HttpContext http, Confirming ordering)
    {
        var body = await Body.ReadAsync<NewOrderBody>(http);
        if (body.Refused is { } refused)
            return ApiResult.Problem(refused);
        var wanted = body.Required();
        var (customer, offering, expected, with) = (wanted.Customer, wanted.Offering, wanted.ExpectedPrice, wanted.EndsWith);
        if (!PartyId.TryParse(customer, out var party))
            return ApiResult.Problem(Refused.Invalid("customer", "A customer's id, pty_…, is expected."));
        if (offering is null)
            return ApiResult.Problem(Refused.Invalid("offering", "The id of an offering is expected."));
        if (MoneyBody.WhatIsWrong("expectedPrice", expected) is { } wrong)
            return ApiResult.Problem(wrong);
        ProductId? endsWith = null;
        if (with is not null)
        {
            if (!ProductId.TryParse(with, out var other))
                return ApiResult.Problem(Refused.Invalid("endsWith", "A subscription's id, prd_…, is expected."));
            endsWith = other;
        }
        var placed = await ordering.PlaceAsync(
            new OrderRequest(
                party,
                offering,
                wanted.ExternalId,
                wanted.Channel,
                expected?.ToMoney(),
                wanted.Seats,
                endsWith,
                wanted.PaymentMethod ?? PaymentMethod.PhoneBill,
                wanted.PurchaseOrder
            )
            {
                Confirmation = wanted.Confirmation ?? OrderConfirmation.None,
                Voucher = wanted.Voucher,
                Referral = wanted.Referral,
                References = wanted.References ?? [],
            },
            http.RequestAborted
        );
        if (placed.Value is not { } order)
            return ApiResult.Problem(placed.Refused!);
        return IsOpen(order) ? Accepted(order) : TypedResults.Created(LocationOf(order), OrderBody.Of(order));
    }

    private static async Task<IResult> ConfirmAsync(string id, HttpContext http, Confirming confirming)
    {
        var body = await Body.ReadOptionalAsync<ConfirmOrderBody>(http);
        if (body.Refused is { } refused)
            return ApiResult.Problem(refused);
        return OrderId.TryParse(id, out var order)
            ? Answer(await confirming.ConfirmAsync(order, body.Required().Code, http.RequestAborted))
            : NotFound(id);
    }

    private static async Task<IResult> SendCodeAsync(string id, Confirming confirming, CancellationToken cancellation) =>
        OrderId.TryParse(id, out var order) ? Answer(await confirming.SendCodeAsync(order, cancellation)) : NotFound(id);

    private static async Task<IResult> CancelAsync(string id, Confirming confirming, CancellationToken cancellation) =>
        OrderId.TryParse(id, out var order) ? Answer(await confirming.CancelAsync(order, cancellation)) : NotFound(id);

    private static IResult Answer(Outcome<ProductOrder> outcome) =>
        outcome.Value is not { } order ? ApiResult.Problem(outcome.Refused!)
        : IsOpen(order) ? Accepted(order)
        : TypedResults.Ok(OrderBody.Of(order));

    private static bool IsOpen(ProductOrder order) => order.State is OrderState.Acknowledged or OrderState.InProgress or OrderState.Pending;

    private static Accepted<OrderBody> Accepted(ProductOrder order) => TypedResults.Accepted(LocationOf(order), OrderBody.Of(order));

    private static string LocationOf(ProductOrder order) => $"{ManagementApi.Root}/orders/{order.Id}";

    private static IResult NotFound(string id) => ApiResult.Problem(Refused.NotFound("order", id));

    private static async Task<IResult> ShowAsync(string id, IOrderStore orders, CancellationToken cancellation) =>
        OrderId.TryParse(id, out var order) && await orders.FindAsync(order, cancellation) is { } found
            ? TypedResults.Ok(OrderBody.Of(found))
            : NotFound(id);

    private static async Task<IResult> ListAsync(
        string id,
        string? before,
        string? limit,
        Customers customers,
        IOrderStore orders,
        CancellationToken cancellation
    )
    {
        var query = PageQuery<OrderKind>.Read(before, limit);
        if (query.Value is not { } page)
            return ApiResult.Problem(query.Refused!);
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var list = await orders.ListAsync(customer.Id, page.Before, page.Limit + 1, cancellation);
        return TypedResults.Ok(page.Of(list, OrderBody.Of, order => order.Id));
    }
}
