using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Charging.Audit;
using Tokenline.Management.Api;
using Tokenline.Management.AuditTrail;

namespace Tokenline.Management.Charges;

/// <param name="Clean">There is no difference.</param>
/// <param name="Position">The journal position that everything was compared at.</param>
/// <param name="Live">How many accounts were compared in memory too.</param>
/// <param name="OpenCharges">Calls that run: no difference.</param>
/// <param name="Differences">A line each, at most 1,000.</param>
public sealed record AuditBody(
    bool Clean,
    long Position,
    int Accounts,
    int Live,
    long Entries,
    long Records,
    long OpenCharges,
    IReadOnlyList<string> Differences
)
{
    public static AuditBody Of(AuditReport report) =>
        new(
            report.IsClean,
            report.Position,
            report.Accounts,
            report.Live,
            report.Entries,
            report.Records,
            report.OpenCharges,
            [.. report.Differences.Select(difference => difference.ToString())]
        );
}

internal static class AuditEndpoints
{
    public static void Map(RouteGroupBuilder api) =>
        api.MapPost("/audit", RunAsync)
            .ChangesNothing()
            .Produces<AuditBody>()
            .Documented(
                "Charges",
                "Audit the books",
                "Rebuilds every balance from the journal and compares it with the live accounts, the saved images and the usage records, at one position of the journal. Calls go on meanwhile."
            );

    private static async Task<IResult> RunAsync(Auditor auditor, CancellationToken cancellation) =>
        TypedResults.Ok(AuditBody.Of(await Task.Run(() => auditor.RunAsync(cancellation), cancellation)));
}
