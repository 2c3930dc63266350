using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using static Tokenline.Host.Verbs.ReceiptVerb;

namespace Tokenline.Host.Verbs;

/// <summary><c>tokenline rate</c>: what a call would cost, explained as a receipt explains it. Nothing is charged.</summary>
internal static class RateVerb
{
    public static Command Command()
    {
        var model = ApiVerbs.Required("--model", "The Model ID.");
        var usage = ApiVerbs.Required(
            "--usage",
            "Meters and counts: input=1200,cached_input=300,output=500. Others: cache_write_5m, cache_write_1h, reasoning (a part of output)."
        );
        var at = ApiVerbs.Optional("--at", "When the call starts, such as 2027-01-31T09:00:00+08:00; now, unless told.");
        var command = new Command("rate", "Show what a call would cost, without making it.") { model, usage, at };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var body = new
                {
                    model = parsed.GetValue(model),
                    usage = ReadUsage(parsed.GetValue(usage)!),
                    at = Instants.Read(parsed.GetValue(at), "--at"),
                };
                await using var management = await ManagementAccess.OpenAsync(cancellation);
                var rating = await management.SendAsync(HttpMethod.Post, "ratings", body, cancellation);
                if (parsed.GetValue(ApiVerbs.Json))
                    Output.Show(rating, asJson: true);
                else
                    Tell(rating);
                return 0;
            }
        );
        return command;
    }

    private static void Tell(JsonElement rating)
    {
        var retail = rating.GetProperty("retail");
        var currency = Text(retail, "currency");
        Console.WriteLine(
            $"{Text(rating, "model")} at {Text(rating, "at")}, tariff {Text(rating, "tariffVersion")}, tier {Text(rating, "tier")}"
        );
        Console.WriteLine();
        TellLines(rating, currency);
        Console.WriteLine();
        Console.WriteLine($"worth {Text(retail, "amount")} {currency}");
        foreach (var quota in rating.GetProperty("quotas").EnumerateArray())
            Console.WriteLine($"or    {Text(quota, "amount")} {Text(quota, "unit")}");
    }

    private static Dictionary<string, long> ReadUsage(string text)
    {
        var usage = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var pair = part.Split('=', StringSplitOptions.TrimEntries);
            if (
                pair.Length != 2
                || !long.TryParse(pair[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                || !usage.TryAdd(pair[0], count)
            )
                throw new SettingException($"--usage is meter=count,meter=count with every meter once; '{part}' is not that.");
        }
        return usage;
    }
}
