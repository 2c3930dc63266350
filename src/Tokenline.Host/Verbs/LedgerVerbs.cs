using System.CommandLine;
using static Tokenline.Host.Verbs.ApiVerbs;

namespace Tokenline.Host.Verbs;

/// <summary><c>tokenline ledger</c>: the books, for those who close them.</summary>
internal static class LedgerVerbs
{
    private static readonly string[] columns = ["account", "class", "amount", "currency"];

    public static Command Command() =>
        Group(
            "ledger",
            "The double-entry ledger.",
            List("balances", "The balance of every account; debit is positive.", _ => "ledger/balances", columns),
            Export()
        );

    private static Command Export()
    {
        var period = Optional("--period", "Only what is booked in this month, such as 2026-11.");
        var file = new Option<string>("--file") { Description = "Where to; - is standard output.", DefaultValueFactory = _ => "-" };
        var export = new Command("export", "Every transfer in plain text, as hledger and ledger read it.") { period, file };
        export.SetAction(
            async (parsed, cancellation) =>
            {
                await using var management = await ManagementAccess.OpenAsync(cancellation);
                await Progress.DownloadAsync(
                    management,
                    "ledger export",
                    $"ledger/export?{BillVerbs.Query("period", parsed.GetValue(period))}",
                    parsed.GetValue(file)!,
                    cancellation
                );
                return 0;
            }
        );
        return export;
    }
}
