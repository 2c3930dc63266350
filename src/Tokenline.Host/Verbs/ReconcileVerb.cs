using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Tokenline.Host.Verbs;

/// <summary><c>tokenline reconcile carrier</c>: what others say that was paid, held against the books. Exit code 1 and a line for each difference.</summary>
internal static class ReconcileVerb
{
    public static Command Command()
    {
        var file = ApiVerbs.Required("--file", "The carrier's settlement file, CSV; '-' is standard input.");
        var date = ApiVerbs.Required("--date", "Its day, such as 2026-09-01.");
        var carrier = new Command("carrier", "Hold the carrier's file of a day against the orders that were paid by phone bill.")
        {
            file,
            date,
        };
        carrier.SetAction(
            async (parsed, cancellation) =>
            {
                await using var content = Open(parsed.GetValue(file)!);
                await using var management = await ManagementAccess.OpenAsync(cancellation);
                var report = await management.SendAsync(
                    HttpMethod.Post,
                    $"reconciliations/carrier?date={ApiVerbs.Escape(parsed.GetValue(date))}",
                    new StreamContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } },
                    cancellation
                );
                if (parsed.GetValue(ApiVerbs.Json))
                    Output.Show(report, asJson: true);
                else
                    foreach (var line in Tell(report))
                        Console.WriteLine(line);
                return report.GetProperty("clean").GetBoolean() ? 0 : 1;
            }
        );
        return ApiVerbs.Group("reconcile", "Compare the books with what others say.", carrier);
    }

    private static Stream Open(string file) =>
        file == "-" ? Console.OpenStandardInput()
        : File.Exists(file) ? File.OpenRead(file)
        : throw new SettingException($"There is no file {file}.");

    /// <summary>A line for each finding, and one for all.</summary>
    internal static IEnumerable<string> Tell(JsonElement report)
    {
        foreach (var finding in report.GetProperty("findings").EnumerateArray())
            yield return Words(finding);
        var (told, all) = (report.GetProperty("findings").GetArrayLength(), report.GetProperty("differences").GetInt32());
        if (told < all)
            yield return $"and {all - told} more";
        yield return $"{(report.GetProperty("clean").GetBoolean() ? "clean" : "NOT CLEAN")}: {report.GetProperty("date").GetString()}, {report.GetProperty("lines")} lines, "
            + $"{report.GetProperty("matched")} matched, {all} differences";
    }

    private static string Words(JsonElement finding)
    {
        var line = finding.TryGetProperty("line", out var number) ? $"line {number}: " : "";
        var about = Text(finding, "correlator") ?? Text(finding, "reference");
        var note = Text(finding, "note") is { } words ? $" ({words})" : "";
        return $"{line}{Text(finding, "kind")} {about}: {Text(finding, "difference")}, ours {Money(finding, "ours")}, theirs {Money(finding, "theirs")}{note}";
    }

    private static string? Text(JsonElement finding, string name) =>
        finding.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Money(JsonElement finding, string name) =>
        finding.TryGetProperty(name, out var money) && money.ValueKind == JsonValueKind.Object
            ? $"{money.GetProperty("amount").GetString()} {money.GetProperty("currency").GetString()}"
            : "none";
}
