using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Tokenline.Billing.Reconciliation;
using Tokenline.Commerce.Payments;

namespace Tokenline.Host.Verbs;

/// <summary><c>tokenline reconcile carrier</c>: what others say that was paid, held against the books. Exit code 1 and a line for each difference.</summary>
internal static class ReconcileVerb
{
    private static readonly string[] callColumns = ["charge", "at", "account", "deployment", "outcome", "cost"];

    public static Command Command()
    {
        var file = ApiVerbs.Required("--file", "The carrier's settlement file, CSV; '-' is standard input.");
        var date = ApiVerbs.Required("--date", "Its day, such as 2026-09-01.");
        var carrier = new Command(
            "carrier",
            "Hold the carrier's file of a day against what was paid by phone bill: orders, plans, top-ups and bills, and what was given back."
        )
        {
            file,
            date,
        };
        carrier.SetAction(
            async (parsed, cancellation) =>
            {
                var report = await CompareAsync(
                    $"reconciliations/carrier?date={ApiVerbs.Escape(parsed.GetValue(date))}",
                    parsed.GetValue(file)!,
                    CarrierReconciling.FileBytesMax,
                    cancellation
                );
                if (parsed.GetValue(ApiVerbs.Json))
                    Output.Show(report, asJson: true);
                else
                    foreach (var line in Tell(report))
                        Terminal.Current.Out.WriteLine(line);
                return report.GetProperty("clean").GetBoolean() ? 0 : 1;
            }
        );
        return ApiVerbs.Group("reconcile", "Compare the books with what others say.", carrier, Vendor(), Calls());
    }

    /// <summary>A vendor's usage or invoice file against what it served.</summary>
    private static Command Vendor()
    {
        var file = ApiVerbs.Required("--file", "The vendor's usage or invoice file, CSV; '-' is standard input.");
        var period = ApiVerbs.Required("--period", "Its month, such as 2026-11.");
        var name = ApiVerbs.Required("--vendor", "The vendor's id.");
        var tolerance = ApiVerbs.Optional("--tolerance", "What differs by so many percent of our figure is equal; 0 unless told.");
        var vendor = new Command("vendor", "Hold a vendor's file of a month against what it served, by day, model and meter.")
        {
            file,
            period,
            name,
            tolerance,
        };
        vendor.SetAction(
            async (parsed, cancellation) =>
            {
                var report = await CompareAsync(
                    $"reconciliations/vendor?{BillVerbs.Query("vendor", parsed.GetValue(name))}{BillVerbs.Query("period", parsed.GetValue(period))}{BillVerbs.Query("tolerance", parsed.GetValue(tolerance))}",
                    parsed.GetValue(file)!,
                    VendorFileReader.BytesMax,
                    cancellation
                );
                if (parsed.GetValue(ApiVerbs.Json))
                    Output.Show(report, asJson: true);
                else
                    foreach (var line in TellVendor(report))
                        Terminal.Current.Out.WriteLine(line);
                return report.GetProperty("clean").GetBoolean() ? 0 : 1;
            }
        );
        return vendor;
    }

    /// <summary>All that is behind a difference, page by page.</summary>
    private static Command Calls()
    {
        var name = ApiVerbs.Required("--vendor", "The vendor's id.");
        var day = ApiVerbs.Required("--day", "Such as 2026-11-05.");
        var model = ApiVerbs.Required("--model", "The Model ID.");
        var cursor = ApiVerbs.Optional("--cursor", "Go on after this charge: 'next' of the page before.");
        var limit = new Option<int>("--limit") { Description = "Requests at the most, 1 to 500.", DefaultValueFactory = _ => 100 };
        return ApiVerbs.List(
            "calls",
            "The requests behind a vendor's figure of a day and a model, those that answered no call included.",
            p =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"reconciliations/vendor/calls?{BillVerbs.Query("vendor", p.GetValue(name))}{BillVerbs.Query("day", p.GetValue(day))}{BillVerbs.Query("model", p.GetValue(model))}{BillVerbs.Query("after", p.GetValue(cursor))}limit={p.GetValue(limit)}"
                ),
            callColumns,
            name,
            day,
            model,
            cursor,
            limit
        );
    }

    internal static IEnumerable<string> TellVendor(JsonElement report)
    {
        foreach (var finding in report.GetProperty("findings").EnumerateArray())
        {
            var line = finding.TryGetProperty("line", out var number) ? $"line {number}: " : "";
            yield return $"{line}{Text(finding, "day")} {Text(finding, "model")} {Text(finding, "meter")}: {Text(finding, "difference")}, ours {Text(finding, "ours")}, theirs {Text(finding, "theirs")} "
                + $"({finding.GetProperty("calls")} calls, {finding.GetProperty("attempts")} attempts that answered none)";
            if (finding.TryGetProperty("behind", out var behind))
                foreach (var call in behind.EnumerateArray())
                    yield return $"  {Text(call, "charge")} {Text(call, "at")} {Text(call, "deployment")}{(Text(call, "outcome") is { } outcome ? $": {outcome}" : "")}";
            if (Text(finding, "more") is not null)
                yield return $"  and more: tokenline reconcile calls --vendor {Text(report, "vendor")} --day {Text(finding, "day")} --model {Text(finding, "model")}{Cursor(finding)}";
        }
        yield return $"{(report.GetProperty("clean").GetBoolean() ? "clean" : "NOT CLEAN")}: {Text(report, "vendor")} {Text(report, "period")}, {report.GetProperty("lines")} lines, "
            + $"{report.GetProperty("matched")} matched, {report.GetProperty("differences")} differences";
    }

    /// <summary>The page goes on behind what is shown.</summary>
    private static string Cursor(JsonElement finding) =>
        Text(finding, "more") is { } more && more.IndexOf("&after=", StringComparison.Ordinal) is var at and >= 0
            ? $" --cursor {more[(at + "&after=".Length)..]}"
            : "";

    /// <summary>Sends the file, and says how much of it has gone.</summary>
    private static async Task<JsonElement> CompareAsync(string where, string file, long bytesMax, CancellationToken cancellation)
    {
        await using var content = Open(file);
        if (content.CanSeek && content.Length > bytesMax)
            throw new SettingException($"{file} has {content.Length:N0} bytes, and a file has {bytesMax >> 20} MiB at the most.");
        await using var management = await ManagementAccess.OpenAsync(cancellation);
        var report = default(JsonElement);
        await Progress.ShowAsync(
            "reconcile",
            async tell =>
            {
                await using var told = new ToldStream(content, (at, of) => tell(at < of ? "file" : "comparing", at, of));
                var body = new StreamContent(told) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
                report = await management.SendAsync(HttpMethod.Post, where, body, cancellation);
            }
        );
        return report;
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
