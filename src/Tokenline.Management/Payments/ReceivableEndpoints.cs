using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Receivables;
using Tokenline.Management.Api;
using Tokenline.Management.Parties;

namespace Tokenline.Management.Payments;

internal static class ReceivableEndpoints
{
    private const string Tag = "Receivables";
    private const int NetDaysDefault = 30;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/customers/{id}/invoice-terms", TermsAsync)
            .Produces<InvoiceTermsBody>()
            .Documented(Tag, "Show a customer's terms to pay by invoice", "With what is open.", Problems.NotFound);
        api.MapPut("/customers/{id}/invoice-terms", AgreeAsync)
            .Takes<NewInvoiceTermsBody>()
            .Produces<InvoiceTermsBody>()
            .Documented(
                Tag,
                "Agree on terms to pay by invoice, or change them",
                "For what is bought from now on; what was issued keeps its day.",
                Problems.InvalidRequest,
                Problems.NotFound
            );
        api.MapDelete("/customers/{id}/invoice-terms", EndAsync)
            .Produces<InvoiceTermsBody>()
            .Documented(Tag, "End a customer's terms to pay by invoice", "What was issued stays owed.", Problems.NotFound);
        api.MapGet("/customers/{id}/receivables", ListAsync)
            .Produces<Page<ReceivableBody>>()
            .Documented(
                Tag,
                "List what a customer owes by invoice",
                "Newest first; with `open=true` only what is not settled.",
                Problems.InvalidRequest,
                Problems.NotFound
            );
        api.MapGet("/receivables/{id}", ShowAsync)
            .Produces<ReceivableDetailBody>()
            .Documented(Tag, "Show a receivable", "With all that happened to it, oldest first.", Problems.NotFound);
        api.MapPost("/receivables/{id}/payments", PayAsync)
            .Takes<ReceivedPaymentBody>()
            .Produces<ReceivableBody>()
            .Documented(
                Tag,
                "Write down that a receivable was paid",
                "Whole or in part; never more than is open. Subscriptions that were taken back for it go on within a minute.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.IdempotencyConflict
            );
    }

    private static async Task<IResult> TermsAsync(string id, ReceivableDesk desk, CancellationToken cancellation) =>
        PartyId.TryParse(id, out var customer)
            ? ApiResult.Of(await desk.TermsAsync(customer, cancellation), InvoiceTermsBody.Of)
            : NoCustomer(id);

    private static async Task<IResult> AgreeAsync(string id, HttpContext http, ReceivableDesk desk)
    {
        var read = await Body.ReadAsync<NewInvoiceTermsBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        var (limit, netDays, purchaseOrder, needsOne) = read.Required();
        if (limit is null)
            return ApiResult.Problem(Refused.Invalid("creditLimit", "What may be open at the most?"));
        if (MoneyBody.WhatIsWrong("creditLimit", limit) is { } wrong)
            return ApiResult.Problem(wrong);
        return PartyId.TryParse(id, out var customer)
            ? ApiResult.Of(
                await desk.AgreeAsync(customer, netDays ?? NetDaysDefault, limit.ToMoney(), purchaseOrder, needsOne, http.RequestAborted),
                InvoiceTermsBody.Of
            )
            : NoCustomer(id);
    }

    private static async Task<IResult> EndAsync(string id, ReceivableDesk desk, CancellationToken cancellation) =>
        PartyId.TryParse(id, out var customer)
            ? ApiResult.Of(await desk.EndAsync(customer, cancellation), InvoiceTermsBody.Of)
            : NoCustomer(id);

    private static async Task<IResult> ListAsync(
        string id,
        bool? open,
        string? before,
        string? limit,
        Customers customers,
        IReceivableStore store,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var query = PageQuery<ReceivableKind>.Read(before, limit);
        if (query.Value is not { } page)
            return ApiResult.Problem(query.Refused!);
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        var list = await store.ListAsync(customer.Id, open ?? false, page.Before, page.Limit + 1, cancellation);
        var now = time.GetUtcNow();
        return TypedResults.Ok(page.Of(list, receivable => ReceivableBody.Of(receivable, now), receivable => receivable.Id));
    }

    private static async Task<IResult> ShowAsync(string id, IReceivableStore store, TimeProvider time, CancellationToken cancellation)
    {
        if (!ReceivableId.TryParse(id, out var receivable) || await store.FindAsync(receivable, cancellation) is not { } found)
            return NotFound(id);
        var entries = await store.EntriesAsync(receivable, cancellation);
        return TypedResults.Ok(
            new ReceivableDetailBody(ReceivableBody.Of(found, time.GetUtcNow()), [.. entries.Select(ReceivableEntryBody.Of)])
        );
    }

    private static async Task<IResult> PayAsync(string id, HttpContext http, ReceivableDesk desk, TimeProvider time)
    {
        var read = await Body.ReadAsync<ReceivedPaymentBody>(http);
        if (read.Refused is { } unreadable)
            return ApiResult.Problem(unreadable);
        var (amount, reference) = read.Required();
        if (amount is null)
            return ApiResult.Problem(Refused.Invalid("amount", "How much was paid?"));
        if (MoneyBody.WhatIsWrong("amount", amount) is { } wrong)
            return ApiResult.Problem(wrong);
        return ReceivableId.TryParse(id, out var receivable)
            ? ApiResult.Of(
                await desk.RecordPaymentAsync(receivable, amount.ToMoney(), reference, http.RequestAborted),
                paid => ReceivableBody.Of(paid, time.GetUtcNow())
            )
            : NotFound(id);
    }

    private static IResult NoCustomer(string id) => ApiResult.Problem(Refused.NotFound("customer", id));

    private static IResult NotFound(string id) => ApiResult.Problem(Refused.NotFound("receivable", id));
}
