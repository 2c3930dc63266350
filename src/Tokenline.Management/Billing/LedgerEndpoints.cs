using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Billing;
using Tokenline.Billing.Ledger;
using Tokenline.Management.Api;

namespace Tokenline.Management.Billing;

/// <summary>The ledger, for those who close the books.</summary>
internal static class LedgerEndpoints
{
    private const string Tag = "Ledger";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/ledger/balances", BalancesAsync)
            .Produces<Listing<LedgerBalanceBody>>()
            .Documented(Tag, "Show the balance of every account", "Debit is positive. In each currency they add up to nothing.");
        api.MapGet("/ledger/export", ExportAsync)
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .Documented(
                Tag,
                "Export the ledger",
                "Every transfer in the plain text that hledger and ledger read; with `period` only those booked in it.",
                Problems.InvalidRequest
            );
    }

    private static async Task<IResult> BalancesAsync(IBillingStore store, CancellationToken cancellation) =>
        TypedResults.Ok(new Listing<LedgerBalanceBody>([.. (await store.BalancesAsync(cancellation)).Select(LedgerBalanceBody.Of)]));

    private static IResult ExportAsync(string? period, LedgerExport export)
    {
        BillingPeriod? of = null;
        if (period is not null)
        {
            if (!BillingPeriod.TryParse(period, out var known))
                return ApiResult.Problem(BillEndpoints.NoPeriod);
            of = known;
        }
        return TypedResults.Stream(
            async stream =>
            {
                await using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
                await foreach (var page in export.WriteAsync(of, CancellationToken.None))
                    await text.WriteAsync(page);
            },
            "text/plain; charset=utf-8"
        );
    }
}
