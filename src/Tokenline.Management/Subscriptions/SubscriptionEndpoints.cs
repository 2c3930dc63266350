using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Management.Api;
using Tokenline.Management.Parties;

namespace Tokenline.Management.Subscriptions;

internal static class SubscriptionEndpoints
{
    private const string Tag = "Subscriptions";
    private const string InProgress = " 202: a payment was asked for, and its end is not known yet.";
    private const int ReasonLengthMax = 200;
    private const string WithIsExpected = "Another subscription's id, prd_…, is expected.";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/customers/{id}/subscriptions", ListAsync)
            .Produces<Listing<SubscriptionBody>>()
            .Documented(Tag, "List a customer's subscriptions", "Newest first, with those that have ended.", Problems.NotFound);
        api.MapGet("/subscriptions/{id}", ShowAsync)
            .Produces<SubscriptionBody>()
            .Documented(Tag, "Show a subscription", "Its state, its period, and what is to be paid next.", Problems.NotFound);
        api.MapGet("/subscriptions/{id}/payments", PaymentsAsync)
            .Produces<Listing<SubscriptionPaymentBody>>()
            .Documented(Tag, "List what a subscription cost", "Payments and refunds, oldest first.", Problems.NotFound);
        api.MapGet("/subscriptions/{id}/upgrade-price", UpgradePriceAsync)
            .Produces<UpgradePriceBody>()
            .Documented(
                Tag,
                "Ask what an upgrade costs now",
                "Nothing is changed. Refused as the upgrade would be.",
                Problems.InvalidRequest,
                Problems.NotEligible,
                Problems.NotFound,
                Problems.NotAnUpgrade,
                Problems.OfferingUnavailable,
                Problems.WrongState
            );
        api.MapPost("/subscriptions/{id}/cancel", CancelAsync)
            .Takes<CancelBody>()
            .Produces<SubscriptionBody>()
            .Documented(
                Tag,
                "Cancel a subscription",
                "`periodEnd`: it is not renewed; a next period that was paid is refunded whole. `now`: what is left is taken back; within the cooling-off time the unused is refunded.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.PaymentInProgress,
                Problems.WrongState
            );
        api.MapPost("/subscriptions/{id}/change", ChangeAsync)
            .Takes<ChangePlanBody>()
            .Produces<SubscriptionBody>()
            .Produces<SubscriptionBody>(202)
            .Documented(
                Tag,
                "Change to another plan",
                "`now`: an upgrade, for the difference of the time that is left. `periodEnd`: the next period is of the other plan."
                    + InProgress,
                Problems.InvalidRequest,
                Problems.PaymentRefused,
                Problems.AccountSuspended,
                Problems.NotEligible,
                Problems.NotFound,
                Problems.NotAnUpgrade,
                Problems.OfferingUnavailable,
                Problems.PaymentInProgress,
                Problems.PriceChanged,
                Problems.WrongState
            );
        api.MapGet("/subscriptions/{id}/seat-price", SeatPriceAsync)
            .Produces<SeatPriceBody>()
            .Documented(
                Tag,
                "Ask what so many seats cost now",
                "`seats`: as many as there would be. Nothing is changed. Refused as the change would be.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.PaymentInProgress,
                Problems.SeatsInUse,
                Problems.WrongState
            );
        api.MapPost("/subscriptions/{id}/seats", ChangeSeatsAsync)
            .Takes<ChangeSeatsBody>()
            .Produces<SubscriptionBody>()
            .Produces<SubscriptionBody>(202)
            .Documented(
                Tag,
                "Change the number of seats",
                "More come at once, for the price and the quota of the time that is left; fewer with the next period, and never fewer than members who have one."
                    + InProgress,
                Problems.InvalidRequest,
                Problems.PaymentRefused,
                Problems.AccountSuspended,
                Problems.NotFound,
                Problems.PaymentInProgress,
                Problems.PriceChanged,
                Problems.SeatsInUse,
                Problems.WrongState
            );
        api.MapGet("/subscriptions/{id}/end-with-price", EndWithPriceAsync)
            .Produces<EndWithPriceBody>()
            .Documented(
                Tag,
                "Ask what it costs to end together with another subscription",
                "`with`: the other one. Nothing is changed. Refused as the agreement would be.",
                Problems.InvalidRequest,
                Problems.AccountSuspended,
                Problems.NotFound,
                Problems.PaymentInProgress,
                Problems.WrongState
            );
        api.MapPost("/subscriptions/{id}/end-with", EndWithAsync)
            .Takes<EndWithBody>()
            .Produces<SubscriptionBody>()
            .Documented(
                Tag,
                "End together with another subscription",
                "The next period ends with the other's, for that part of the price and of the quota; from then on both end together. `expectedPrice` is the customer's yes to what was shown. `keep` takes it back.",
                Problems.InvalidRequest,
                Problems.AccountSuspended,
                Problems.NotFound,
                Problems.PaymentInProgress,
                Problems.PriceChanged,
                Problems.WrongState
            );
        api.MapPut("/subscriptions/{id}/seats/{member}", AssignSeatAsync)
            .Produces<SubscriptionBody>()
            .Documented(
                Tag,
                "Give a member a seat",
                "The member's node is opened. `by`: the member who gives it. Again changes nothing.",
                Problems.InvalidRequest,
                Problems.PermissionDenied,
                Problems.NotFound,
                Problems.Conflict,
                Problems.NoSeatLeft,
                Problems.WrongState,
                Problems.Overloaded
            );
        api.MapDelete("/subscriptions/{id}/seats/{member}", FreeSeatAsync)
            .Produces<SubscriptionBody>()
            .Documented(
                Tag,
                "Take a member's seat",
                "The member's node is closed, unless another plan gives a seat. `by`: the member who takes it.",
                Problems.InvalidRequest,
                Problems.PermissionDenied,
                Problems.NotFound,
                Problems.Conflict,
                Problems.WrongState,
                Problems.Overloaded
            );
        Post(api, "keep", new Keep(), "Take a cancellation, a pause or an end with another back", "It is renewed as before.");
        Post(
            api,
            "pause",
            new Pause(),
            "Pause a subscription",
            "At the end of its period it rests instead of being renewed, for 180 days at the most."
        );
        Post(
            api,
            "resume",
            new Resume(),
            "Resume what is paused or suspended",
            "Within the period what was taken back is given again; after it a period begins now, and is paid now." + InProgress
        );
        Post(api, "pay", new PayNow(), "Pay what is due", "The payment is tried now; what was taken back is given again." + InProgress);
        api.MapPut("/subscriptions/{id}/payment-method", PayByAsync)
            .Takes<PayByBody>()
            .Produces<SubscriptionBody>()
            .Documented(
                Tag,
                "Choose how renewals are paid",
                "From the next payment on. What was paid before goes back the way it came.",
                Problems.InvalidRequest,
                Problems.PaymentRefused,
                Problems.NotEligible,
                Problems.NotFound,
                Problems.PaymentInProgress,
                Problems.WrongState
            );
        api.MapPost("/subscriptions/adopt", AdoptAsync)
            .Takes<AdoptBody>(isOptional: true)
            .Produces<AdoptedBody>()
            .Documented(
                Tag,
                "Make subscriptions of plans that were bought before there were any",
                "Done again it finds none.",
                Problems.InvalidRequest,
                Problems.NotFound
            );
        api.MapPost("/subscriptions/{id}/suspend", SuspendAsync)
            .Takes<SuspendPlanBody>(isOptional: true)
            .Produces<SubscriptionBody>()
            .Documented(
                Tag,
                "Suspend a subscription",
                "What is left is taken back until it is resumed; the period goes on. Other plans and packs are not touched.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.PaymentInProgress,
                Problems.WrongState
            );
    }

    private static void Post(RouteGroupBuilder api, string verb, SubscriptionCommand command, string summary, string description) =>
        api.MapPost(
                $"/subscriptions/{{id}}/{verb}",
                (string id, Subscribing subscribing, CancellationToken cancellation) => DoAsync(id, command, subscribing, cancellation)
            )
            .Produces<SubscriptionBody>()
            .Produces<SubscriptionBody>(202)
            .Documented(
                Tag,
                summary,
                description,
                Problems.PaymentRefused,
                Problems.NotFound,
                Problems.PaymentInProgress,
                Problems.WrongState
            );

    private static async Task<IResult> ListAsync(string id, Customers customers, ISubscriptionStore store, CancellationToken cancellation)
    {
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        return found.Value is { } customer
            ? TypedResults.Ok(
                new Listing<SubscriptionBody>([.. (await store.ListAsync(customer.Id, cancellation)).Select(SubscriptionBody.Of)])
            )
            : ApiResult.Problem(found.Refused!);
    }

    private static async Task<IResult> ShowAsync(string id, Subscribing subscribing, CancellationToken cancellation) =>
        ProductId.TryParse(id, out var product)
            ? ApiResult.Of(await subscribing.FindAsync(product, cancellation), SubscriptionBody.Of)
            : NotFound(id);

    private static async Task<IResult> PaymentsAsync(string id, ISubscriptionStore store, CancellationToken cancellation) =>
        ProductId.TryParse(id, out var product) && await store.FindAsync(product, cancellation) is not null
            ? TypedResults.Ok(
                new Listing<SubscriptionPaymentBody>([
                    .. (await store.PaymentsAsync(product, cancellation)).Select(SubscriptionPaymentBody.Of),
                ])
            )
            : NotFound(id);

    private static async Task<IResult> UpgradePriceAsync(
        string id,
        string? offering,
        Subscribing subscribing,
        CancellationToken cancellation
    )
    {
        if (!ProductId.TryParse(id, out var product))
            return NotFound(id);
        if (offering is null)
            return ApiResult.Problem(Refused.Invalid("offering", "The id of an offering is expected."));
        return ApiResult.Of(
            await subscribing.UpgradePriceAsync(product, offering, cancellation),
            price => new UpgradePriceBody(price.Offering, MoneyBody.Of(price.Amount))
        );
    }

    private static async Task<IResult> CancelAsync(string id, HttpContext http, Subscribing subscribing)
    {
        var read = await Body.ReadAsync<CancelBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        return read.Required().When switch
        {
            "periodEnd" => await DoAsync(id, new StopRenewal(), subscribing, http.RequestAborted),
            "now" => await DoAsync(id, new CancelNow(), subscribing, http.RequestAborted),
            _ => ApiResult.Problem(Refused.Invalid("when", "now or periodEnd is expected.")),
        };
    }

    private static async Task<IResult> ChangeAsync(string id, HttpContext http, Subscribing subscribing)
    {
        var read = await Body.ReadAsync<ChangePlanBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        var (offering, when, expected) = read.Required();
        if (!ProductId.TryParse(id, out var product))
            return NotFound(id);
        if (offering is null)
            return ApiResult.Problem(Refused.Invalid("offering", "The id of an offering is expected."));
        if (MoneyBody.WhatIsWrong("expectedPrice", expected) is { } wrong)
            return ApiResult.Problem(wrong);
        return when switch
        {
            "now" => Answer(await subscribing.UpgradeAsync(product, offering, expected?.ToMoney(), http.RequestAborted)),
            "periodEnd" => Answer(await subscribing.ChangeAtEndAsync(product, offering, expected?.ToMoney(), http.RequestAborted)),
            _ => ApiResult.Problem(Refused.Invalid("when", "now or periodEnd is expected.")),
        };
    }

    private static async Task<IResult> SeatPriceAsync(string id, string? seats, Subscribing subscribing, CancellationToken cancellation)
    {
        if (!ProductId.TryParse(id, out var product))
            return NotFound(id);
        if (!int.TryParse(seats, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return ApiResult.Problem(Refused.Invalid("seats", "A number of seats is expected."));
        return ApiResult.Of(
            await subscribing.SeatPriceAsync(product, count, cancellation),
            price => new SeatPriceBody(price.Seats, MoneyBody.Of(price.Amount), MoneyBody.Of(price.NextPrice))
        );
    }

    private static async Task<IResult> EndWithPriceAsync(string id, string? with, Subscribing subscribing, CancellationToken cancellation)
    {
        if (!ProductId.TryParse(id, out var product))
            return NotFound(id);
        if (!ProductId.TryParse(with, out var other))
            return ApiResult.Problem(Refused.Invalid("with", WithIsExpected));
        return ApiResult.Of(
            await subscribing.EndWithPriceAsync(product, other, cancellation),
            price => new EndWithPriceBody(
                price.With,
                PeriodBody.Of(price.Period),
                MoneyBody.Of(price.Amount),
                MoneyBody.Of(price.FullPrice)
            )
        );
    }

    private static async Task<IResult> EndWithAsync(string id, HttpContext http, Subscribing subscribing)
    {
        var read = await Body.ReadAsync<EndWithBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        var (with, expected) = read.Required();
        if (!ProductId.TryParse(id, out var product))
            return NotFound(id);
        if (!ProductId.TryParse(with, out var other))
            return ApiResult.Problem(Refused.Invalid("with", WithIsExpected));
        if (expected is null)
            return ApiResult.Problem(
                Refused.Invalid("expectedPrice", "The price that the customer was shown and has said yes to is expected.")
            );
        return MoneyBody.WhatIsWrong("expectedPrice", expected) is { } wrong
            ? ApiResult.Problem(wrong)
            : Answer(await subscribing.EndWithAsync(product, other, expected.ToMoney(), http.RequestAborted));
    }

    private static async Task<IResult> ChangeSeatsAsync(string id, HttpContext http, Subscribing subscribing)
    {
        var read = await Body.ReadAsync<ChangeSeatsBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        var (seats, expected) = read.Required();
        if (!ProductId.TryParse(id, out var product))
            return NotFound(id);
        if (seats is not { } count)
            return ApiResult.Problem(Refused.Invalid("seats", "A number of seats is expected."));
        return MoneyBody.WhatIsWrong("expectedPrice", expected) is { } wrong
            ? ApiResult.Problem(wrong)
            : Answer(await subscribing.ChangeSeatsAsync(product, count, expected?.ToMoney(), http.RequestAborted));
    }

    private static Task<IResult> AssignSeatAsync(string id, string member, string? by, Seating seating, CancellationToken cancellation) =>
        SeatAsync(id, member, by, (product, whose, acting) => seating.AssignAsync(product, whose, acting, cancellation));

    private static Task<IResult> FreeSeatAsync(string id, string member, string? by, Seating seating, CancellationToken cancellation) =>
        SeatAsync(id, member, by, (product, whose, acting) => seating.FreeAsync(product, whose, acting, cancellation));

    private static async Task<IResult> SeatAsync(
        string id,
        string member,
        string? by,
        Func<ProductId, MembershipId, MembershipId?, Task<Outcome<Subscription>>> change
    )
    {
        if (!ProductId.TryParse(id, out var product))
            return NotFound(id);
        if (!MembershipId.TryParse(member, out var whose))
            return ApiResult.Problem(Refused.NotFound("member", member) with { Param = "member" });
        return ActingMember.Read(by, out var acting) is { } wrong ? ApiResult.Problem(wrong) : Answer(await change(product, whose, acting));
    }

    private static async Task<IResult> PayByAsync(string id, HttpContext http, Subscribing subscribing)
    {
        var read = await Body.ReadAsync<PayByBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        var (method, purchaseOrder) = read.Required();
        if (!ProductId.TryParse(id, out var product))
            return NotFound(id);
        return method is { } chosen
            ? Answer(await subscribing.PayByAsync(product, chosen, purchaseOrder, http.RequestAborted))
            : ApiResult.Problem(Refused.Invalid("paymentMethod", "phoneBill, wallet or invoice is expected."));
    }

    private static async Task<IResult> AdoptAsync(HttpContext http, Adopting adopting, Customers customers)
    {
        var read = await Body.ReadOptionalAsync<AdoptBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        var (name, renews) = read.Required();
        PartyId? customer = null;
        if (name is not null)
        {
            var found = await CustomerEndpoints.CustomerAsync(name, customers, http.RequestAborted);
            if (found.Value is not { } one)
                return ApiResult.Problem(found.Refused!);
            customer = one.Id;
        }
        var adopted = await adopting.AdoptAsync(customer, renews, http.RequestAborted);
        return TypedResults.Ok(new AdoptedBody(adopted.Count, adopted));
    }

    private static async Task<IResult> SuspendAsync(string id, HttpContext http, Subscribing subscribing)
    {
        var read = await Body.ReadOptionalAsync<SuspendPlanBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        var reason = read.Required().Reason;
        if (reason is { Length: > ReasonLengthMax })
            return ApiResult.Problem(Refused.Invalid("reason", $"A reason has at most {ReasonLengthMax} characters."));
        var words = string.IsNullOrWhiteSpace(reason) ? "by the operator" : reason;
        return await DoAsync(id, new Suspend(words), subscribing, http.RequestAborted);
    }

    private static async Task<IResult> DoAsync(
        string id,
        SubscriptionCommand command,
        Subscribing subscribing,
        CancellationToken cancellation
    ) => ProductId.TryParse(id, out var product) ? Answer(await subscribing.DoAsync(product, command, cancellation)) : NotFound(id);

    private static IResult Answer(Outcome<Subscription> outcome) =>
        outcome.Value is not { } subscription ? ApiResult.Problem(outcome.Refused!)
        : subscription.Asking is null ? TypedResults.Ok(SubscriptionBody.Of(subscription))
        : TypedResults.Accepted($"{ManagementApi.Root}/subscriptions/{subscription.Id}", SubscriptionBody.Of(subscription));

    private static IResult NotFound(string id) => ApiResult.Problem(Refused.NotFound("subscription", id));
}
