using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Billing;
using Tokenline.Billing.Settlement;
using Tokenline.Commerce;
using Tokenline.Management.Api;

namespace Tokenline.Management.Billing;

/// <summary>What vendors and channels are owed for a period, and how it is agreed on and paid.</summary>
internal static class SettlementEndpoints
{
    private const string Tag = "Settlement";
    private const string OneStatement = "/statements/{period}/{kind}/{payee}/{currency}";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/settlements", RunAsync)
            .Takes<SettlementRequestBody>()
            .Produces<SettlementBody>()
            .Documented(
                Tag,
                "Settle a period",
                "Of a period whose bills are made: a statement for each vendor and channel, and the postings that divide what was earned. Asked again it answers the same. With `dryRun` nothing is written.",
                Problems.InvalidRequest,
                Problems.WrongState,
                Problems.Conflict
            );
        api.MapGet("/settlements/{period}", ShowAsync)
            .Produces<Listing<StatementBody>>()
            .Documented(Tag, "List the statements of a period", "In the order of their ids.", Problems.InvalidRequest);
        api.MapGet(OneStatement, StatementAsync)
            .Produces<StatementBody>()
            .Documented(Tag, "Show a statement", "`kind` is `vendor`, `channel` or `operator`.", Problems.NotFound);
        api.MapPost($"{OneStatement}/confirm", ConfirmAsync)
            .Produces<StatementBody>()
            .Documented(
                Tag,
                "Confirm a statement",
                "In the payee's name. It can be paid out then.",
                Problems.NotFound,
                Problems.WrongState,
                Problems.Conflict
            );
        api.MapPost($"{OneStatement}/dispute", DisputeAsync)
            .Takes<StatementDisputeBody>()
            .Produces<StatementBody>()
            .Documented(
                Tag,
                "Dispute a statement",
                "In the payee's name.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.WrongState
            );
        api.MapPost($"{OneStatement}/resolve", ResolveAsync)
            .Takes<StatementResolutionBody>()
            .Produces<StatementBody>()
            .Documented(
                Tag,
                "Resolve the dispute of a statement",
                "With an adjustment beside its lines, or without one; then it is to be confirmed.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.WrongState
            );
        api.MapPost($"{OneStatement}/payout", PayOutAsync)
            .Produces<StatementBody>()
            .Documented(
                Tag,
                "Pay a confirmed statement out",
                "What is not above nothing is not paid, and is carried to the next.",
                Problems.NotFound,
                Problems.WrongState,
                Problems.Conflict
            );
    }

    private static async Task<IResult> RunAsync(HttpContext http, SettlementRun run, CommerceOptions commerce)
    {
        var read = await Body.ReadAsync<SettlementRequestBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var body = read.Required();
        if (!BillingPeriod.TryParse(body.Period, out var period))
            return ApiResult.Problem(BillEndpoints.NoPeriod);
        var rates = new Dictionary<Currency, decimal>();
        foreach (var (code, rate) in body.Rates ?? [])
        {
            if (code.Length != 3 || !code.All(char.IsAsciiLetterUpper))
                return ApiResult.Problem(Refused.Invalid($"rates.{code}", "A currency is three letters, such as USD."));
            rates[new Currency(code)] = rate;
        }
        var settled = await run.RunAsync(period, rates, body.DryRun, http.RequestAborted);
        return ApiResult.Of(settled, report => SettlementBody.Of(report, commerce.Currency));
    }

    private static async Task<IResult> ShowAsync(string period, SettlementRun run, CancellationToken cancellation) =>
        BillingPeriod.TryParse(period, out var of)
            ? TypedResults.Ok(new Listing<StatementBody>([.. (await run.StatementsAsync(of, cancellation)).Select(StatementBody.Of)]))
            : ApiResult.Problem(BillEndpoints.NoPeriod);

    private static async Task<IResult> StatementAsync(
        string period,
        string kind,
        string payee,
        string currency,
        StatementDesk desk,
        CancellationToken cancellation
    ) => Shown(await desk.FindAsync(IdOf(period, kind, payee, currency), cancellation));

    private static async Task<IResult> ConfirmAsync(
        string period,
        string kind,
        string payee,
        string currency,
        StatementDesk desk,
        CancellationToken cancellation
    ) => Shown(await desk.ConfirmAsync(IdOf(period, kind, payee, currency), cancellation));

    private static async Task<IResult> DisputeAsync(
        HttpContext http,
        string period,
        string kind,
        string payee,
        string currency,
        StatementDesk desk
    )
    {
        var read = await Body.ReadAsync<StatementDisputeBody>(http);
        return read.Refused is { } refused
            ? ApiResult.Problem(refused)
            : Shown(await desk.DisputeAsync(IdOf(period, kind, payee, currency), read.Required().Reason ?? "", http.RequestAborted));
    }

    private static async Task<IResult> ResolveAsync(
        HttpContext http,
        string period,
        string kind,
        string payee,
        string currency,
        StatementDesk desk,
        CommerceOptions commerce,
        TimeProvider time
    )
    {
        var read = await Body.ReadAsync<StatementResolutionBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var body = read.Required();
        if (MoneyBody.WhatIsWrong("adjustment", body.Adjustment) is { } wrong)
            return ApiResult.Problem(wrong);
        return Shown(
            await desk.ResolveAsync(
                IdOf(period, kind, payee, currency),
                body.Adjustment?.ToMoney() ?? Money.Zero(commerce.Currency),
                body.Reason ?? "",
                time.GetUtcNow(),
                http.RequestAborted
            )
        );
    }

    private static async Task<IResult> PayOutAsync(
        string period,
        string kind,
        string payee,
        string currency,
        StatementDesk desk,
        TimeProvider time,
        CancellationToken cancellation
    ) => Shown(await desk.PayOutAsync(IdOf(period, kind, payee, currency), time.GetUtcNow(), cancellation));

    private static string IdOf(string period, string kind, string payee, string currency) => $"{period}/{kind}/{payee}/{currency}";

    private static IResult Shown(Outcome<Statement> outcome) => ApiResult.Of(outcome, StatementBody.Of);
}
