using System.CommandLine;
using System.Text.Json;

namespace Tokenline.Host.Verbs;

/// <summary><c>tokenline audit</c>: rebuilds every balance from the journal and compares. Exit code 1 and a line for each difference.</summary>
internal static class AuditVerb
{
    public static Command Command()
    {
        var command = new Command(
            "audit",
            "Rebuild every balance from the journal and compare it with the live state, the saved images and the usage records."
        );
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var report = await ManagementAccess.IsServingAsync(cancellation)
                    ? await AskServerAsync(cancellation)
                    : await OfflineAudit.RunAsync(ServeVerb.ReadSettings(), cancellation);
                if (parsed.GetValue(ApiVerbs.Json))
                    Output.Show(report, asJson: true);
                else
                    Tell(report);
                return report.GetProperty("clean").GetBoolean() ? 0 : 1;
            }
        );
        return command;
    }

    private static async Task<JsonElement> AskServerAsync(CancellationToken cancellation)
    {
        await using var management = await ManagementAccess.OpenAsync(cancellation);
        return await management.SendAsync(HttpMethod.Post, "audit", null, cancellation);
    }

    private static void Tell(JsonElement report)
    {
        foreach (var difference in report.GetProperty("differences").EnumerateArray())
            Terminal.Current.Out.WriteLine(difference.GetString());
        Terminal.Current.Out.WriteLine(
            $"{(report.GetProperty("clean").GetBoolean() ? "clean" : "NOT CLEAN")} at journal position {report.GetProperty("position")}: "
                + $"{report.GetProperty("accounts")} accounts ({report.GetProperty("live")} compared live), {report.GetProperty("entries")} entries, "
                + $"{report.GetProperty("records")} usage records, {report.GetProperty("openCharges")} charges open, {report.GetProperty("differences").GetArrayLength()} differences"
        );
    }
}
