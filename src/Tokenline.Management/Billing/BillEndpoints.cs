using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Tokenline.Billing;
using Tokenline.Billing.Bills;
using Tokenline.Billing.Collecting;
using Tokenline.Billing.Export;
using Tokenline.Commerce;
using Tokenline.Commerce.Parties;
using Tokenline.Management.Api;
using Tokenline.Management.Parties;

namespace Tokenline.Management.Billing;

/// <param name="Next">Give it back as <c>after</c>; absent at the end.</param>
public sealed record ListedBills(IReadOnlyList<BillBody> Items, string? Next);

/// <summary>Bills of a period: the run that makes them, and what becomes of each.</summary>
internal static class BillEndpoints
{
    private const string Tag = "Bills";
    private const int PageSize = 100;

    /// <summary>Bills in memory at once while many are exported.</summary>
    private const int FocusPageSize = 500;
    private const string OneBill = "/bills/{period}/{account}";

    /// <summary>A slice of a run: long enough to be worth its request, short enough to be watched.</summary>
    private static readonly TimeSpan slice = TimeSpan.FromSeconds(3);

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/bill-runs", RunAsync)
            .Takes<BillRunRequestBody>()
            .Produces<BillRunBody>()
            .Documented(
                Tag,
                "Bill a period, slice by slice",
                "Ask again with the same body until it is done: each answer is some seconds of work, and says how far it is. It may be stopped anywhere; nobody is billed twice. A period is billed when it has ended, and in its order. With `dryRun` nothing is billed or posted: give `after` of the answer back.",
                Problems.InvalidRequest,
                Problems.WrongState,
                Problems.Conflict
            );
        api.MapPost("/bills/send", SendAllAsync)
            .Takes<BillSendRequestBody>()
            .Produces<BillSendBody>()
            .Documented(
                Tag,
                "Send all bills of a period, slice by slice",
                "Ask again with `after` of the answer until it is done. Each bill is sent, and asked for by the method that its customer chose, once: what was sent before is passed by, so it may be stopped anywhere and be begun again. With `dryRun` nothing is sent.",
                Problems.InvalidRequest
            );
        api.MapGet("/bills", ListAsync)
            .Produces<ListedBills>()
            .Documented(
                Tag,
                "List bills",
                "Of a `customer`, of a `period`, or of both, by period and account; give `next` back as `after`. Without their lines.",
                Problems.InvalidRequest,
                Problems.NotFound
            );
        api.MapGet("/bills/focus", FocusAsync)
            .Produces<string>(StatusCodes.Status200OK, "text/csv", "application/vnd.apache.parquet")
            .Documented(
                Tag,
                "Export bills in the columns of FOCUS 1.2",
                "Of a `period`, and with `customer` only theirs, as `format=csv` (unless told) or `parquet`: what the cost tools of an enterprise read. Quota is a virtual currency (`PricingCurrency`); `EffectiveCost` spreads what was paid before over the calls that used it.",
                Problems.InvalidRequest,
                Problems.NotFound
            );
        api.MapGet(OneBill, ShowAsync)
            .Produces<BillBody>()
            .Documented(
                Tag,
                "Show a bill",
                "With its lines. With `format=csv` the lines as CSV, with `format=pdf` the paper, in Chinese and English (`language`: `zh`, unless told, or `en`).",
                Problems.InvalidRequest,
                Problems.NotFound
            );
        api.MapPost($"{OneBill}/send", SendAsync)
            .Produces<BillBody>()
            .Documented(
                Tag,
                "Send a bill",
                "It is taken by the method that its customer chose for bills (`bill-payment`), or waits for its payment.",
                Problems.NotFound,
                Problems.WrongState,
                Problems.Conflict
            );
        api.MapPost($"{OneBill}/write-off", WriteOffAsync)
            .Produces<BillBody>()
            .Documented(
                Tag,
                "Give up what is open of a bill",
                "It is posted to `write_off`, and the bill is settled.",
                Problems.NotFound,
                Problems.WrongState,
                Problems.Conflict
            );
        api.MapPost($"{OneBill}/payments", PayAsync)
            .Takes<BillPaymentBody>()
            .Produces<BillBody>()
            .Documented(
                Tag,
                "Record a payment of a bill",
                "At most what is open. The same `id` again is the same payment.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.WrongState,
                Problems.IdempotencyConflict
            );
        api.MapPost($"{OneBill}/credit-notes", CreditAsync)
            .Takes<CreditNoteBody>()
            .Produces<BillBody>()
            .Documented(
                Tag,
                "Take something off a bill",
                "A credit note is a document of its own: the bill stays as it was made.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.IdempotencyConflict
            );
        api.MapPost($"{OneBill}/disputes", DisputeAsync)
            .Takes<BillDisputeBody>()
            .Produces<BillBody>()
            .Documented(
                Tag,
                "Dispute a bill",
                "It is on hold until the dispute is answered.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.WrongState,
                Problems.IdempotencyConflict
            );
        api.MapPost($"{OneBill}/disputes/{{dispute}}/answer", AnswerAsync)
            .Takes<DisputeAnswerBody>()
            .Produces<BillBody>()
            .Documented(
                Tag,
                "Answer a dispute of a bill",
                "With a credit note, or without one. The bill goes on from the state that it was in.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.WrongState
            );
        api.MapPut("/customers/{id}/agreement", AgreeAsync)
            .Takes<AgreementBody>()
            .Produces<AgreementBody>()
            .Documented(
                Tag,
                "Agree on a minimum and volume tiers",
                "For whole periods that are not billed yet. It follows the agreement before, and changes no bill.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.WrongState
            );
    }

    private static async Task<IResult> RunAsync(HttpContext http, BillRun run, CommerceOptions commerce, TimeProvider time)
    {
        var read = await Body.ReadAsync<BillRunRequestBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var body = read.Required();
        if (!BillingPeriod.TryParse(body.Period, out var period))
            return ApiResult.Problem(NoPeriod);
        var after = default(AccountId);
        if (body.After is not null && !AccountId.TryParse(body.After, out after))
            return ApiResult.Problem(Refused.Invalid("after", "What the answer before said is expected."));
        var began = time.GetTimestamp();
        var step = body.DryRun
            ? await run.DryStepAsync(period, time.GetUtcNow(), after, IsEnough, http.RequestAborted)
            : await run.StepAsync(period, time.GetUtcNow(), IsEnough, http.RequestAborted);
        return ApiResult.Of(step, report => BillRunBody.From(report, body.DryRun, commerce.Currency));

        bool IsEnough() => time.GetElapsedTime(began) >= slice;
    }

    private static async Task<IResult> ListAsync(
        string? customer,
        string? period,
        string? after,
        Customers customers,
        IBillingStore store,
        CancellationToken cancellation
    )
    {
        BillingPeriod? of = null;
        if (period is not null)
        {
            if (!BillingPeriod.TryParse(period, out var known))
                return ApiResult.Problem(NoPeriod);
            of = known;
        }
        string? group = null;
        if (customer is not null)
        {
            var found = await CustomerEndpoints.CustomerAsync(customer, customers, cancellation);
            if (found.Value is not { } one)
                return ApiResult.Problem(found.Refused!);
            group = one.Account.ToString();
        }
        var page = await store.ListAsync(DocumentKind.Bill, group, of, after ?? "", PageSize + 1, cancellation);
        var bills = page.Take(PageSize).Select(stored => BillBody.Of(BillingJson.Read<BillDocument>(stored.Body), withLines: false));
        return TypedResults.Ok(new ListedBills([.. bills], page.Count > PageSize ? page[PageSize - 1].Id : null));
    }

    private static async Task<IResult> FocusAsync(
        HttpContext http,
        string? period,
        string? customer,
        string? format,
        Customers customers,
        IBillingStore store,
        BillingCalendar calendar,
        BillingOptions options,
        CancellationToken cancellation
    )
    {
        if (!BillingPeriod.TryParse(period, out var of))
            return ApiResult.Problem(NoPeriod);
        if (format is not (null or "csv" or "parquet"))
            return ApiResult.Problem(Refused.Invalid("format", "csv or parquet."));
        string? group = null;
        if (customer is not null)
        {
            var found = await CustomerEndpoints.CustomerAsync(customer, customers, cancellation);
            if (found.Value is not { } one)
                return ApiResult.Problem(found.Refused!);
            group = one.Account.ToString();
        }
        // What writes Parquet writes as it should, and then flushes without waiting for anything.
        if (format == "parquet" && http.Features.Get<IHttpBodyControlFeature>() is { } body)
            body.AllowSynchronousIO = true;
        return format == "parquet"
            ? TypedResults.Stream(
                stream => FocusParquet.WriteAsync(Pages(), stream, cancellation),
                "application/vnd.apache.parquet",
                $"focus-{of}.parquet"
            )
            : TypedResults.Stream(WriteCsvAsync, "text/csv; charset=utf-8", $"focus-{of}.csv");

        async IAsyncEnumerable<IReadOnlyList<FocusRow>> Pages()
        {
            for (var after = ""; ; )
            {
                var page = await store.ListAsync(DocumentKind.Bill, group, of, after, FocusPageSize, cancellation);
                if (page.Count == 0)
                    yield break;
                after = page[^1].Id;
                yield return
                [
                    .. page.SelectMany(stored =>
                        Focus.Rows(BillingJson.Read<BillDocument>(stored.Body).Bill, options.OperatorName, calendar.From(of))
                    ),
                ];
            }
        }

        async Task WriteCsvAsync(Stream stream)
        {
            await using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
            await text.WriteAsync(Focus.Head());
            await foreach (var rows in Pages())
                await text.WriteAsync(Focus.Csv(rows));
        }
    }

    private static async Task<IResult> ShowAsync(
        string period,
        string account,
        string? format,
        string? language,
        BillDesk desk,
        BillingCalendar calendar,
        BillingOptions options,
        CancellationToken cancellation
    )
    {
        var found = await desk.FindAsync(IdOf(period, account), cancellation);
        if (found.Value is not { } document)
            return ApiResult.Problem(found.Refused!);
        switch (format)
        {
            case null or "json":
                return TypedResults.Ok(BillBody.Of(document));
            case "csv":
                return TypedResults.Text(BillCsv.Write(document.Bill), "text/csv; charset=utf-8");
            case "pdf" when language is null or "zh" or "en":
                return TypedResults.File(BillPdf.Write(document, options.OperatorName, language ?? "zh", calendar), "application/pdf");
            default:
                return ApiResult.Problem(Refused.Invalid("format", "json, csv or pdf; of pdf the language is zh or en."));
        }
    }

    private static async Task<IResult> SendAsync(
        string period,
        string account,
        BillCollecting collecting,
        CancellationToken cancellation
    ) => Shown(await collecting.SendAsync(IdOf(period, account), cancellation));

    private static async Task<IResult> SendAllAsync(HttpContext http, BillSending sending, CommerceOptions commerce, TimeProvider time)
    {
        var read = await Body.ReadAsync<BillSendRequestBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var body = read.Required();
        if (!BillingPeriod.TryParse(body.Period, out var period))
            return ApiResult.Problem(NoPeriod);
        var began = time.GetTimestamp();
        var report = await sending.StepAsync(
            period,
            body.After ?? "",
            body.DryRun,
            () => time.GetElapsedTime(began) >= slice,
            http.RequestAborted
        );
        return TypedResults.Ok(BillSendBody.From(report, body.DryRun, commerce.Currency));
    }

    private static async Task<IResult> WriteOffAsync(
        string period,
        string account,
        BillDesk desk,
        TimeProvider time,
        CancellationToken cancellation
    ) => Shown(await desk.WriteOffAsync(IdOf(period, account), time.GetUtcNow(), cancellation));

    private static async Task<IResult> PayAsync(HttpContext http, string period, string account, BillDesk desk, TimeProvider time)
    {
        var read = await Body.ReadAsync<BillPaymentBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var body = read.Required();
        return body.Amount is not { } amount || MoneyBody.WhatIsWrong("amount", amount) is not null
            ? ApiResult.Problem(NoAmount("amount"))
            : Shown(await desk.PayAsync(IdOf(period, account), body.Id ?? "", amount.ToMoney(), time.GetUtcNow(), http.RequestAborted));
    }

    private static async Task<IResult> CreditAsync(HttpContext http, string period, string account, BillDesk desk, TimeProvider time)
    {
        var read = await Body.ReadAsync<CreditNoteBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var body = read.Required();
        return body.Amount is not { } amount || MoneyBody.WhatIsWrong("amount", amount) is not null
            ? ApiResult.Problem(NoAmount("amount"))
            : Shown(
                await desk.CreditAsync(
                    IdOf(period, account),
                    body.Id ?? "",
                    amount.ToMoney(),
                    body.Reason ?? "",
                    null,
                    time.GetUtcNow(),
                    http.RequestAborted
                )
            );
    }

    private static async Task<IResult> DisputeAsync(HttpContext http, string period, string account, BillDesk desk, TimeProvider time)
    {
        var read = await Body.ReadAsync<BillDisputeBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var body = read.Required();
        return Shown(
            await desk.DisputeAsync(IdOf(period, account), body.Id ?? "", body.Reason ?? "", time.GetUtcNow(), http.RequestAborted)
        );
    }

    private static async Task<IResult> AnswerAsync(
        HttpContext http,
        string period,
        string account,
        string dispute,
        BillDesk desk,
        TimeProvider time
    )
    {
        var read = await Body.ReadAsync<DisputeAnswerBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var body = read.Required();
        if (MoneyBody.WhatIsWrong("credit", body.Credit) is { } wrong)
            return ApiResult.Problem(wrong);
        return Shown(
            await desk.AnswerAsync(
                IdOf(period, account),
                dispute,
                body.Credit?.ToMoney(),
                body.Answer ?? "",
                time.GetUtcNow(),
                http.RequestAborted
            )
        );
    }

    private static async Task<IResult> AgreeAsync(
        HttpContext http,
        string id,
        Customers customers,
        Agreements agreements,
        CommerceOptions commerce
    )
    {
        var read = await Body.ReadAsync<AgreementBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var body = read.Required();
        var found = await CustomerEndpoints.CustomerAsync(id, customers, http.RequestAborted);
        if (found.Value is not { } customer)
            return ApiResult.Problem(found.Refused!);
        if (!BillingPeriod.TryParse(body.From, out var from))
            return ApiResult.Problem(NoPeriod with { Param = "from" });
        BillingPeriod? until = null;
        if (body.Until is not null)
        {
            if (!BillingPeriod.TryParse(body.Until, out var last))
                return ApiResult.Problem(NoPeriod with { Param = "until" });
            until = last;
        }
        var agreement = new Agreement(
            customer.Account,
            0,
            from,
            until,
            commerce.Currency,
            body.Minimum,
            body.Reach,
            [.. (body.Tiers ?? []).Select(tier => new VolumeTier(tier.From, tier.DiscountPercent))]
        );
        return ApiResult.Of(await agreements.PutAsync(agreement, http.RequestAborted), AgreementBody.Of);
    }

    internal static readonly Refused NoPeriod = Refused.Invalid("period", "A month such as 2026-11 is expected.");

    internal static Refused NoAmount(string param) =>
        Refused.Invalid(param, "An amount of money is expected, such as {\"amount\": \"9.90\", \"currency\": \"CNY\"}.");

    private static string IdOf(string period, string account) => $"{period}/{account}";

    private static IResult Shown(Outcome<BillDocument> outcome) => ApiResult.Of(outcome, document => BillBody.Of(document));
}
