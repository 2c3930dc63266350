using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Billing.Bills;
using Tokenline.Billing.Collecting;
using Tokenline.Commerce;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;
using Tokenline.Management.Api;
using Tokenline.Management.Parties;

namespace Tokenline.Management.Billing;

/// <summary>How bills are paid without being asked for.</summary>
internal static class CollectionEndpoints
{
    private const string Tag = "Bills";
    private const string OneBill = "/bills/{period}/{account}/collection";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/customers/{id}/bill-payment", ShowChoiceAsync)
            .Produces<BillPaymentChoiceBody>()
            .Documented(Tag, "Show how a customer's bills are paid", "Without a `method` each waits for its payment.", Problems.NotFound);
        api.MapPut("/customers/{id}/bill-payment", ChooseAsync)
            .Takes<BillPaymentChoiceBody>()
            .Produces<BillPaymentChoiceBody>()
            .Documented(
                Tag,
                "Choose how a customer's bills are paid",
                "The customer's own leave: bills that are sent from now on are taken by this `method` (`phoneBill`, `wallet` or `invoice`); without one each waits for its payment.",
                Problems.InvalidRequest,
                Problems.NotFound
            );
        api.MapGet(OneBill, ShowAsync)
            .Produces<CollectionBody>()
            .Documented(Tag, "Show how a bill is collected", "With every attempt.", Problems.NotFound);
        api.MapPost(OneBill, CollectAsync)
            .Takes<CollectBody>(isOptional: true)
            .Produces<CollectionBody>()
            .Documented(
                Tag,
                "Collect a bill",
                "What is open of a bill that was sent, by `method` or the one that the customer chose. What is under way is gone on with, under the same correlator. A refusal is followed by attempts after 1, 3 and 7 days. Whatever the method, a bill that is not paid by its day goes through `stage`: `reminded`, after the days of grace `restricted` (nothing is on credit), after 10 days `suspended`, after 28 `terminated` (plans are not renewed); paid, all of it is taken back.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.WrongState,
                Problems.Conflict
            );
    }

    private static async Task<IResult> ShowChoiceAsync(
        string id,
        Customers customers,
        BillCollecting collecting,
        CancellationToken cancellation
    )
    {
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var choice = await collecting.ChoiceAsync(customer.Account, cancellation);
        return TypedResults.Ok(new BillPaymentChoiceBody(choice?.Method, choice?.PurchaseOrder));
    }

    private static async Task<IResult> ChooseAsync(HttpContext http, string id, Customers customers, BillCollecting collecting)
    {
        var read = await Body.ReadAsync<BillPaymentChoiceBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var body = read.Required();
        var found = await CustomerEndpoints.CustomerAsync(id, customers, http.RequestAborted);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        return ApiResult.Of(
            await collecting.ChooseAsync(customer.Account, body.Method, body.PurchaseOrder, http.RequestAborted),
            choice => new BillPaymentChoiceBody(choice.Method, choice.PurchaseOrder)
        );
    }

    private static async Task<IResult> ShowAsync(
        string period,
        string account,
        BillCollecting collecting,
        CancellationToken cancellation
    ) =>
        await collecting.FindCollectionAsync($"{period}/{account}", cancellation) is { } collection
            ? TypedResults.Ok(CollectionBody.Of(collection))
            : ApiResult.Problem(Refused.NotFound("collection of the bill", $"{period}/{account}"));

    private static async Task<IResult> CollectAsync(HttpContext http, string period, string account, BillCollecting collecting)
    {
        var read = await Body.ReadOptionalAsync<CollectBody>(http);
        return read.Refused is { } refused
            ? ApiResult.Problem(refused)
            : ApiResult.Of(
                await collecting.CollectAsync($"{period}/{account}", read.Required().Method, http.RequestAborted),
                CollectionBody.Of
            );
    }
}

/// <param name="Method"><c>phoneBill</c>, <c>wallet</c> or <c>invoice</c>; absent: each bill waits for its payment.</param>
/// <param name="PurchaseOrder">Of invoices.</param>
public sealed record BillPaymentChoiceBody(PaymentMethod? Method = null, string? PurchaseOrder = null);

/// <summary>By which method; the one that the customer chose, unless told.</summary>
public sealed record CollectBody
{
    public PaymentMethod? Method { get; init; }
}

/// <param name="Refused">Absent: its end is not known yet.</param>
public sealed record CollectionAttemptBody(
    string Correlator,
    PaymentMethod Method,
    MoneyBody Amount,
    DateTimeOffset At,
    bool? Refused,
    string? Reference,
    string? Reason
);

/// <param name="State"><c>waiting</c> (its customer pays it), <c>asked</c>, <c>refused</c> (another attempt follows), <c>exhausted</c>, <c>invoiced</c>, <c>collected</c> or <c>ended</c> (paid otherwise).</param>
/// <param name="NextAt">When something is done again.</param>
/// <param name="Stage">What comes of it where it is not paid: <c>none</c>, <c>reminded</c>, <c>restricted</c>, <c>suspended</c> or <c>terminated</c>.</param>
/// <param name="Suspended">The account is suspended because of this bill.</param>
/// <param name="Plans">That are not renewed because of this bill.</param>
public sealed record CollectionBody(
    string Bill,
    CollectionState State,
    DateTimeOffset? NextAt,
    DunningStage Stage,
    bool Suspended,
    IReadOnlyList<ProductId>? Plans,
    IReadOnlyList<CollectionAttemptBody> Attempts
)
{
    internal static CollectionBody Of(BillCollection collection) =>
        new(
            collection.Bill,
            collection.State,
            collection.NextAt,
            collection.Stage,
            collection.HasSuspended,
            collection.Plans,
            [
                .. collection.Attempts.Select(attempt => new CollectionAttemptBody(
                    attempt.Correlator,
                    attempt.Method,
                    BillRunBody.Amount(attempt.Nano, collection.Currency),
                    attempt.At,
                    attempt.IsRefused,
                    attempt.Reference,
                    attempt.Reason
                )),
            ]
        );
}
