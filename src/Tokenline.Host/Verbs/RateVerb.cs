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
            "Meters and counts: input=1200,cached_input=300,output=500. Others: cache_write_5m, cache_write_1h, reasoning (a part of output), image, search, …"
        );
        var at = ApiVerbs.Optional("--at", "When the call starts, such as 2027-01-31T09:00:00+08:00; now, unless told.");
        var service = ApiVerbs.Optional("--service-class", "standard, flex, priority or batch; standard, unless told.");
        var region = ApiVerbs.Optional("--region", "Where it is served, as the tariff names regions.");
        var group = ApiVerbs.Optional("--customer-group", "The customer's group, as the tariff names groups.");
        var image = ApiVerbs.Optional("--image-class", "Size and quality of images, such as 1024x1024/high.");
        var volume = new Option<long?>("--volume-before")
        {
            Description = "What the account has used this month in the model's volume group.",
        };
        var vendor = ApiVerbs.Optional("--vendor", "The vendor that serves it: shows what it is owed as well.");
        var command = new Command("rate", "Show what a call would cost, without making it.")
        {
            model,
            usage,
            at,
            service,
            region,
            group,
            image,
            volume,
            vendor,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var body = new
                {
                    model = parsed.GetValue(model),
                    usage = ReadUsage(parsed.GetValue(usage)!),
                    at = Instants.Read(parsed.GetValue(at), "--at"),
                    serviceClass = parsed.GetValue(service),
                    region = parsed.GetValue(region),
                    customerGroup = parsed.GetValue(group),
                    imageClass = parsed.GetValue(image),
                    volumeBefore = parsed.GetValue(volume),
                    vendor = parsed.GetValue(vendor),
                };
                await using var management = await ManagementAccess.OpenAsync(cancellation);
                var rating = await management.SendAsync(HttpMethod.Post, "ratings", body, cancellation);
                if (parsed.GetValue(ApiVerbs.Json))
                    Output.Show(rating, asJson: true);
                else
                    Tell(rating).ForEach(Terminal.Current.Out.WriteLine);
                return 0;
            }
        );
        return command;
    }

    internal static List<string> Tell(JsonElement rating)
    {
        var lines = new List<string>
        {
            $"{Text(rating, "model")} at {Instants.Shown(Text(rating, "at"))}, tariff {Text(rating, "tariffVersion")}",
        };
        TellPrices(lines, rating, "or    ");
        if (rating.TryGetProperty("otherPrices", out var others))
        {
            foreach (var other in others.EnumerateArray())
            {
                var currency = Text(other.GetProperty("retail"), "currency");
                lines.AddRange(["", .. CardText.Of(other.GetProperty("price"), currency)]);
                lines.Add($"or    {Text(other.GetProperty("retail"), "amount")} {currency}");
            }
        }
        TellWholesale(lines, rating);
        return lines;
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
