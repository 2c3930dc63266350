using System.Globalization;
using Tokenline.Bench;

switch (args)
{
    case ["charging", var seconds, ..] and { Length: 2 or 3 }:
        await ChargingBench.RunAsync(Number(seconds), args.ElementAtOrDefault(2));
        return 0;
    case ["billing", var subscribers, var records]:
        await BillingBench.RunAsync(Number(subscribers), Number(records));
        return 0;
    case ["billing-kill", var subscribers, var records, var seed]:
        await KilledBillingBench.RunAsync(Number(subscribers), Number(records), Number(seed));
        return 0;
    case ["billing-run", var folder, var journal, var subscribers]:
        await KilledBillingBench.ChildAsync(folder, journal, Number(subscribers));
        return 0;
    case ["latency", var address, var keys, var vendorPort, var seconds]:
        await LatencyBench.RunAsync(new Uri(address), await File.ReadAllLinesAsync(keys), Number(vendorPort), Number(seconds));
        return 0;
    case ["overload", var address, var keys, var slowVendorPort, var process, var percent]:
        await new OverloadBench(
            new Uri(address),
            await File.ReadAllLinesAsync(keys),
            Number(slowVendorPort),
            Number(process),
            Number(percent) / 100.0
        ).RunAsync();
        return 0;
    case ["routing", var seconds]:
        RoutingBench.Run(Number(seconds));
        DoorBench.Run(Number(seconds));
        return 0;
    case ["usage-fill", var journal, var account, var keys, var records]:
        UsageFill.Run(journal, AccountId.Parse(account), [.. keys.Split(',').Select(KeyId.Parse)], Number(records));
        return 0;
    case ["portal-pages", var address, var phone, var keys]:
        await PortalBench.PagesAsync(new Uri(address), phone, keys.Split(','));
        return 0;
    case ["portal-consoles", var address, var process, var consoles, var seconds]:
        await PortalBench.ConsolesAsync(new Uri(address), Number(process), Number(consoles), Number(seconds));
        return 0;
    case ["memory", var address, var keys, var vendorPort, var process, var streams]:
        await MemoryBench.RunAsync(
            new Uri(address),
            await File.ReadAllLinesAsync(keys),
            Number(vendorPort),
            Number(process),
            Number(streams)
        );
        return 0;
    default:
        await Console.Error.WriteLineAsync("used by bench.sh");
        return 1;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
