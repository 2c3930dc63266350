using System.Diagnostics.Metrics;

namespace Tokenline.Storage.Journal;

/// <summary>How the journal of this process keeps up, for <c>/metrics</c>.</summary>
public sealed class JournalMetrics : IDisposable
{
    public const string MeterName = "Tokenline.Storage";

    private static readonly InstrumentAdvice<double> ofCommits = new()
    {
        HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };
    private static readonly InstrumentAdvice<int> ofBatches = new() { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096] };

    private readonly System.Diagnostics.Metrics.Meter meter = new(MeterName);
    private readonly Histogram<double> commits;
    private readonly Histogram<int> entries;

    internal JournalMetrics(JournalQueue queue)
    {
        commits = meter.CreateHistogram(
            "tokenline.journal.commit.duration",
            "s",
            "What a batch of the charge journal took to become durable, or to fail.",
            null,
            ofCommits
        );
        entries = meter.CreateHistogram("tokenline.journal.batch.size", "{entry}", "Entries that shared one commit.", null, ofBatches);
        meter.CreateObservableGauge(
            "tokenline.journal.waiting",
            () => queue.Count,
            "{entry}",
            "Entries that wait for the journal's thread."
        );
    }

    internal void Written(int count, TimeSpan took)
    {
        commits.Record(took.TotalSeconds);
        entries.Record(count);
    }

    public void Dispose() => meter.Dispose();
}
