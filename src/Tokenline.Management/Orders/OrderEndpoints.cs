using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
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
                "Order an offering on the phone bill",
                "201: the order has ended: `completed`, and what it grants can be spent by the next call, or `failed` with the carrier's `reason`. "
                    + "202: it is `inProgress`, because the carrier has not answered; ask for it again.",
                Problems.InvalidRequest,
                Problems.AccountSuspended,
                Problems.NotEligible,
                Problems.NotFound,
                Problems.Conflict,
                Problems.IdempotencyConflict,
                Problems.OfferingUnavailable,
                Problems.OutOfStock,
                Problems.PriceChanged
            );
        api.MapGet("/orders/{id}", ShowAsync).Produces<OrderBody>().Documented(Tag, "Show an order", "With its state.", Problems.NotFound);
        api.MapGet("/customers/{id}/orders", ListAsync)
            .Produces<Page<OrderBody>>()
            .Documented(Tag, "List a customer's orders", "Newest first.", Problems.InvalidRequest, Problems.NotFound);
    }

    private static async Task<IResult> PlaceAsync(HttpContext http, Ordering ordering)
    {
        var body = await Body.ReadAsync<NewOrderBody>(http);
        if (body.Refused is { } refused)
            return ApiResult.Problem(refused);
        var (customer, offering, externalId, channel, expected, seats, with) = body.Required();
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
            new OrderRequest(party, offering, externalId, channel, expected?.ToMoney(), seats, endsWith),
            http.RequestAborted
        );
        if (placed.Value is not { } order)
            return ApiResult.Problem(placed.Refused!);
        var location = $"{ManagementApi.Root}/orders/{order.Id}";
        return order.State is OrderState.Acknowledged or OrderState.InProgress
            ? TypedResults.Accepted(location, OrderBody.Of(order))
            : TypedResults.Created(location, OrderBody.Of(order));
    }

    private static async Task<IResult> ShowAsync(string id, IOrderStore orders, CancellationToken cancellation) =>
        OrderId.TryParse(id, out var order) && await orders.FindAsync(order, cancellation) is { } found
            ? TypedResults.Ok(OrderBody.Of(found))
            : ApiResult.Problem(Refused.NotFound("order", id));

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
