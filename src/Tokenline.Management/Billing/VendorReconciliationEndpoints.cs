using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Tokenline.Billing;
using Tokenline.Billing.Reconciliation;
using Tokenline.Commerce;
using Tokenline.Management.Api;
using Tokenline.Management.AuditTrail;

namespace Tokenline.Management.Billing;

/// <param name="Clean">There is no difference.</param>
/// <param name="Lines">Of the file.</param>
/// <param name="Differences">How many there are; <paramref name="Findings"/> has the first 1,000.</param>
public sealed record VendorComparisonBody(
    bool Clean,
    string Vendor,
    string Period,
    int Lines,
    int Matched,
    int Differences,
    IReadOnlyList<VendorFindingBody> Findings
)
{
    internal static VendorComparisonBody Of(VendorComparison comparison) =>
        new(
            comparison.IsClean,
            comparison.Vendor,
            comparison.Period.ToString(),
            comparison.Lines,
            comparison.Matched,
            comparison.Differences,
            [.. comparison.Findings.Select(finding => VendorFindingBody.Of(finding, comparison.Vendor))]
        );
}

/// <param name="Difference"><c>missingAtVendor</c>, <c>missingHere</c>, <c>quantityDiffers</c> or <c>amountDiffers</c>.</param>
/// <param name="Line">Of the file.</param>
/// <param name="Meter">A meter, <c>calls</c>, or <c>amount</c>.</param>
/// <param name="Ours">A quantity, or an amount of money in whole units.</param>
/// <param name="Calls">That were settled, of this day and model.</param>
/// <param name="Attempts">Requests to the vendor that answered no call: it may have billed them.</param>
/// <param name="AttemptQuantity">What those are known to have used.</param>
/// <param name="Behind">The first requests behind it, attempts included; with the first 50 days and models that differ.</param>
/// <param name="More">Where the rest of them is listed; absent: these are all.</param>
public sealed record VendorFindingBody(
    VendorDifference Difference,
    int? Line,
    DateOnly Day,
    string Model,
    string Meter,
    decimal Ours,
    decimal Theirs,
    long Calls,
    long Attempts,
    long AttemptQuantity,
    IReadOnlyList<VendorCallBody>? Behind,
    string? More
)
{
    internal static VendorFindingBody Of(VendorFinding finding, string vendor)
    {
        var rest =
            $"{ManagementApi.Root}/reconciliations/vendor/calls?vendor={Uri.EscapeDataString(vendor)}&day={finding.Day:yyyy-MM-dd}&model={Uri.EscapeDataString(finding.Model)}";
        var per = finding.Difference == VendorDifference.AmountDiffers ? Money.NanoPerUnit : 1;
        return new(
            finding.Difference,
            finding.Line,
            finding.Day,
            finding.Model,
            finding.Meter,
            (decimal)finding.Ours / per,
            (decimal)finding.Theirs / per,
            finding.Calls,
            finding.Attempts,
            finding.AttemptQuantity,
            finding.Behind is { } page ? [.. page.Calls.Select(VendorCallBody.Of)] : null,
            finding.Behind is null ? rest
                : finding.Behind.Next is { } next ? $"{rest}&after={next}"
                : null
        );
    }
}

/// <summary>A request to a vendor.</summary>
/// <param name="Outcome">Of one that answered no call: what became of it. The customer paid nothing for it, and the vendor may have billed it.</param>
/// <param name="Usage">By meter; absent: it is not known.</param>
/// <param name="Cost">By the contract.</param>
public sealed record VendorCallBody(
    ChargeId Charge,
    AccountId Account,
    DateTimeOffset At,
    string Deployment,
    string? Outcome,
    IReadOnlyDictionary<string, long>? Usage,
    MoneyBody? Cost
)
{
    internal static VendorCallBody Of(VendorCall call) =>
        new(
            call.Charge,
            call.Account,
            call.At,
            call.Deployment,
            call.Outcome,
            call.Usage is { } usage
                ? Enum.GetValues<Meter>().Where(meter => usage[meter] != 0).ToDictionary(MeterNames.Of, meter => usage[meter])
                : null,
            call.Cost is { } cost ? new MoneyBody(cost.ToDecimal(), cost.Currency) : null
        );
}

/// <param name="Next">Give it back as <c>after</c>; absent at the end.</param>
public sealed record VendorCallsBody(IReadOnlyList<VendorCallBody> Items, ChargeId? Next);

internal static class VendorReconciliationEndpoints
{
    private const int CallsAtOnce = 100;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/reconciliations/vendor", CompareAsync)
            .ChangesNothing()
            .Accepts<string>("text/csv", "*/*")
            .Produces<VendorComparisonBody>()
            .Documented(
                "Settlement",
                "Hold a vendor's file of a month against what it served",
                "The body is the file, `vendor` and `period` say whose and of which month. Lines are compared by day, model and meter, within `tolerance` percent of our figure (0 unless told); amounts by day and model with the wholesale contract. Nothing is changed. A file that is not what it should be is refused with its line, and one that says beforehand that it is larger than 64 MiB is not read. The format is in docs/settlement.md.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.PayloadTooLarge
            );
        api.MapGet("/reconciliations/vendor/calls", CallsAsync)
            .Produces<VendorCallsBody>()
            .Documented(
                "Settlement",
                "List the requests behind a vendor's figure",
                "Of a `vendor`, a `day` of the operator's calendar and a `model`, in the order of their charges: those that answered a call, and with an `outcome` those that did not – retries, time-outs, faults –, which a vendor may have billed. At most `limit` (100 unless told, up to 500; those of one charge stay together); give `next` back as `after`.",
                Problems.InvalidRequest
            );
    }

    private static async Task<IResult> CallsAsync(
        string? vendor,
        string? day,
        string? model,
        string? after,
        int? limit,
        VendorCalls calls,
        CancellationToken cancellation
    )
    {
        if (string.IsNullOrEmpty(vendor))
            return ApiResult.Problem(Refused.Invalid("vendor", "A vendor's id is expected."));
        if (string.IsNullOrEmpty(model))
            return ApiResult.Problem(Refused.Invalid("model", "A Model ID is expected."));
        if (!DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return ApiResult.Problem(Refused.Invalid("day", "A day such as 2026-11-05 is expected."));
        var from = default(ChargeId);
        if (after is not null && !ChargeId.TryParse(after, out from))
            return ApiResult.Problem(Refused.Invalid("after", "What the answer before said is expected."));
        if (limit is < 1 or > VendorCalls.LimitMax)
            return ApiResult.Problem(Refused.Invalid("limit", $"1 to {VendorCalls.LimitMax}."));
        var page = await calls.ListAsync(vendor, date, model, from, limit ?? CallsAtOnce, cancellation);
        return TypedResults.Ok(new VendorCallsBody([.. page.Calls.Select(VendorCallBody.Of)], page.Next));
    }

    private static async Task<IResult> CompareAsync(
        HttpContext http,
        string? vendor,
        string? period,
        string? tolerance,
        VendorReconciling reconciling
    )
    {
        if (!BillingPeriod.TryParse(period, out var of))
            return ApiResult.Problem(BillEndpoints.NoPeriod);
        var percent = 0m;
        if (
            tolerance is not null
            && !decimal.TryParse(tolerance, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out percent)
        )
            return ApiResult.Problem(Refused.Invalid("tolerance", "A percentage such as 0.5 is expected."));
        if (http.Request.ContentLength > VendorFileReader.BytesMax)
            return ApiResult.Problem(Problems.PayloadTooLarge, $"A file has {VendorFileReader.BytesMax >> 20} MiB at the most.", "file");
        // What does not say its size is read line by line: the reader's own limits name the line, and the server's would not.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        var compared = await reconciling.CompareAsync(vendor ?? "", of, http.Request.Body, percent, http.RequestAborted);
        return ApiResult.Of(compared, VendorComparisonBody.Of);
    }
}
