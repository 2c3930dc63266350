using System.Diagnostics.Metrics;
using Tokenline.Charging;
using Tokenline.Charging.Records;

namespace Tokenline.Cluster;

/// <summary>What the accounts of this process count, for <c>/metrics</c>.</summary>
public sealed class AccountMetrics : IDisposable
{
    public const string MeterName = "Tokenline.Cluster";

    private readonly System.Diagnostics.Metrics.Meter meter = new(MeterName);
    private readonly Counter<long> uncollected;
    private readonly Counter<long> recovered;

    internal AccountMetrics(HostedAccounts hosted, IChargeJournal journal)
    {
        uncollected = meter.CreateCounter<long>(
            "tokenline.uncollected",
            description: "Nano-units of a currency that calls came to beyond what their accounts could pay."
        );
        recovered = meter.CreateCounter<long>(
            "tokenline.charges.recovered",
            "{charge}",
            "Charges that a process left open when it died, and that were ended by the recovery rule."
        );
        meter.CreateObservableGauge(
            "tokenline.accounts.hosted",
            () => hosted.Count,
            "{account}",
            "Charging accounts in this process's memory."
        );
        meter.CreateObservableGauge(
            "tokenline.journal.behind",
            () => journal.IsBehind ? 1 : 0,
            description: "1: no call is let in, because the journal cannot be written, does not keep up, or its database has another clock."
        );
    }

    internal void Lost(UsageRecord record) =>
        uncollected.Add(record.UncollectedNano, new KeyValuePair<string, object?>("currency", record.Currency.Code));

    internal void Recovered(int charges) => recovered.Add(charges);

    public void Dispose() => meter.Dispose();
}
