using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Payments;
using Tokenline.Management.Api;
using Tokenline.Management.AuditTrail;

namespace Tokenline.Management.Payments;

/// <param name="Clean">There is no difference.</param>
/// <param name="Lines">Payments and refunds in the file.</param>
/// <param name="Matched">Of those, the ones that the books have too.</param>
/// <param name="Differences">How many there are; <paramref name="Findings"/> has the first 1,000.</param>
public sealed record CarrierComparisonBody(
    bool Clean,
    DateOnly Date,
    int Lines,
    int Matched,
    int Differences,
    IReadOnlyList<CarrierFindingBody> Findings
)
{
    internal static CarrierComparisonBody Of(DateOnly date, CarrierComparison comparison) =>
        new(
            comparison.IsClean,
            date,
            comparison.Lines,
            comparison.Matched,
            comparison.Differences,
            [.. comparison.Findings.Select(CarrierFindingBody.Of)]
        );
}

/// <param name="Difference"><c>missingAtCarrier</c>, <c>missingHere</c>, <c>amountDiffers</c>, <c>duplicate</c> or <c>referenceDiffers</c>.</param>
/// <param name="Kind"><c>payment</c> or <c>refund</c>.</param>
/// <param name="Line">Of the file.</param>
/// <param name="Correlator">An order's id, where the carrier was asked for an order.</param>
/// <param name="Reference">The carrier's id.</param>
public sealed record CarrierFindingBody(
    CarrierDifference Difference,
    string Kind,
    int? Line,
    string? Correlator,
    string? Reference,
    MoneyBody? Ours,
    MoneyBody? Theirs,
    string? Note
)
{
    internal static CarrierFindingBody Of(CarrierFinding finding) =>
        new(
            finding.Difference,
            finding.Kind == SettlementKind.Refund ? "refund" : "payment",
            finding.Line,
            finding.Correlator,
            finding.Reference,
            finding.Ours is { } ours ? MoneyBody.Of(ours) : null,
            finding.Theirs is { } theirs ? MoneyBody.Of(theirs) : null,
            finding.Note
        );
}

internal static class ReconciliationEndpoints
{
    public static void Map(RouteGroupBuilder api) =>
        api.MapPost("/reconciliations/carrier", CompareAsync)
            .ChangesNothing()
            .Accepts<string>("text/csv", "*/*")
            .Produces<CarrierComparisonBody>()
            .Documented(
                "Orders",
                "Hold the carrier's file of a day against the books",
                "The body is the file, `date` its day. Payments that completed orders have are compared by their correlator, to the last digit; nothing is changed. "
                    + "A file that cannot be read is refused with its line. The format is in the README of Payments.",
                Problems.InvalidRequest,
                Problems.PayloadTooLarge
            );

    private static async Task<IResult> CompareAsync(HttpContext http, string? date, CarrierReconciling reconciling)
    {
        if (!DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return ApiResult.Problem(Refused.Invalid("date", "The day of the file is expected, such as 2026-09-01."));
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = CarrierReconciling.FileBytesMax;
        var compared = await reconciling.CompareAsync(day, http.Request.Body, http.RequestAborted);
        return ApiResult.Of(compared, comparison => CarrierComparisonBody.Of(day, comparison));
    }
}
