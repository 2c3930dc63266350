using System.Text.Json;

namespace Tokenline.Crash.Tests.Chaos;

/// <summary>Holds the server's books against the clients'.</summary>
internal static class Books
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    /// <summary>What is wrong: nothing, when every answered call is on record once at the client's own price, nothing is held, nothing below zero, and the audit is clean.</summary>
    public static async Task<IReadOnlyList<string>> FaultsAsync(
        ServerProcess server,
        IEnumerable<Client> clients,
        CancellationToken cancellation
    )
    {
        var faults = new List<string>();
        var audit = await SettledAsync(server, cancellation);
        if (!audit.GetProperty("clean").GetBoolean())
            faults.Add($"the audit is not clean: {audit}");
        if (audit.GetProperty("openCharges").GetInt64() != 0)
            faults.Add($"{audit.GetProperty("openCharges")} calls stay open");
        foreach (var client in clients)
            faults.AddRange((await FaultsOfAsync(server, client, cancellation)).Select(fault => $"{client.Id}: {fault}"));
        return faults;
    }

    private static async Task<List<string>> FaultsOfAsync(ServerProcess server, Client client, CancellationToken cancellation)
    {
        var faults = new List<string>();
        var charged = new Dictionary<string, decimal>();
        await foreach (var record in KillTests.RecordsAsync(server, client.Id, cancellation))
        {
            var paid = record.GetProperty("payments").EnumerateArray().Sum(payment => Number(payment.GetProperty("amount")));
            if (!charged.TryAdd(record.GetProperty("charge").GetString()!, paid))
                faults.Add($"{record} is on record twice");
        }
        foreach (var (charge, cost) in client.Answered)
        {
            if (!charged.TryGetValue(charge, out var paid))
                faults.Add($"{charge} was answered and is not on record");
            else if (paid != cost)
                faults.Add($"{charge} cost {paid}, and {cost} by the usage that the answer told");
        }
        var strange = charged.Keys.Except(client.Answered.Keys).Except(client.Cut).Count();
        if (strange > client.Unknown)
            faults.Add($"{strange} records are of calls that nobody made; {client.Unknown} calls got no answer");

        var (left, granted) = (0m, 0m);
        foreach (
            var bucket in (await server.GetAsync($"customers/{client.Id}/buckets", cancellation)).GetProperty("items").EnumerateArray()
        )
        {
            if (Number(bucket.GetProperty("reserved")) != 0)
                faults.Add($"{bucket} holds something");
            var remaining = Number(bucket.GetProperty("remaining"));
            if (remaining < 0)
                faults.Add($"{bucket} is below zero");
            (left, granted) = (left + remaining, granted + Number(bucket.GetProperty("granted")));
        }
        var spent = charged.Values.Sum();
        if (granted - left != spent)
            spent -= await GivenBackAsync(server, charged.Keys, cancellation);
        if (granted - left != spent)
            faults.Add($"{granted} were granted and {left} are left, but the records less refunds say {spent}");
        return faults;
    }

    /// <summary>What was settled and then could not be delivered is given back; its record stays.</summary>
    private static async Task<decimal> GivenBackAsync(ServerProcess server, IEnumerable<string> charges, CancellationToken cancellation)
    {
        var sum = 0m;
        foreach (var charge in charges)
        {
            var refunds = (await server.GetAsync($"charges/{charge}/refunds", cancellation)).GetProperty("items");
            sum += refunds
                .EnumerateArray()
                .SelectMany(refund => refund.GetProperty("parts").EnumerateArray())
                .Sum(part => Number(part.GetProperty("amount")));
        }
        return sum;
    }

    /// <summary>The audit, once what died with its process has been ended.</summary>
    private static async Task<JsonElement> SettledAsync(ServerProcess server, CancellationToken cancellation)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var audit = await server.PostAsync("audit", new { }, cancellation);
            if (audit.GetProperty("openCharges").GetInt64() == 0 || TimeProvider.System.GetElapsedTime(since) > patience)
                return audit;
            await Task.Delay(100, cancellation);
        }
    }

    private static decimal Number(JsonElement value) => decimal.Parse(value.ToString(), System.Globalization.CultureInfo.InvariantCulture);
}
