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
            [.. comparison.Findings.Select(VendorFindingBody.Of)]
        );
}

/// <param name="Difference"><c>missingAtVendor</c>, <c>missingHere</c>, <c>quantityDiffers</c> or <c>amountDiffers</c>.</param>
/// <param name="Line">Of the file.</param>
/// <param name="Meter">A meter, <c>calls</c>, or <c>amount</c>.</param>
/// <param name="Ours">A quantity, or an amount of money in whole units.</param>
/// <param name="Calls">That were settled, of this day and model.</param>
/// <param name="Attempts">Requests to the vendor that answered no call: it may have billed them.</param>
/// <param name="AttemptQuantity">What those are known to have used.</param>
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
    long AttemptQuantity
)
{
    internal static VendorFindingBody Of(VendorFinding finding)
    {
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
            finding.AttemptQuantity
        );
    }
}

internal static class VendorReconciliationEndpoints
{
    public static void Map(RouteGroupBuilder api) =>
        api.MapPost("/reconciliations/vendor", CompareAsync)
            .ChangesNothing()
            .Accepts<string>("text/csv", "*/*")
            .Produces<VendorComparisonBody>()
            .Documented(
                "Settlement",
                "Hold a vendor's file of a month against what it served",
                "The body is the file, `vendor` and `period` say whose and of which month. Lines are compared by day, model and meter, within `tolerance` percent of our figure (0 unless told); amounts by day and model with the wholesale contract. Nothing is changed. A file that is not what it should be is refused with its line. The format is in docs/settlement.md.",
                Problems.InvalidRequest,
                Problems.NotFound
            );

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
        // A file may be as large as it likes: it is read line by line, and refused at the first that is too many.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        var compared = await reconciling.CompareAsync(vendor ?? "", of, http.Request.Body, percent, http.RequestAborted);
        return ApiResult.Of(compared, VendorComparisonBody.Of);
    }
}
