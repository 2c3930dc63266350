using System.Text.Json.Serialization;
using Tokenline.Commerce;

namespace Tokenline.Billing.Bills;

/// <summary>What is run over a month.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PeriodRunKind>))]
public enum PeriodRunKind
{
    [JsonStringEnumMemberName("bills")]
    Bills = 1,

    [JsonStringEnumMemberName("settlement")]
    Settlement = 2,
}

/// <summary>A run over a month as it is kept: what it came to until now, for whoever looks, from whichever node.</summary>
/// <param name="By">Who began it, by name.</param>
/// <param name="Seen">When whoever makes it was heard of.</param>
public sealed record PeriodRun(PeriodRunKind Kind, BillingPeriod Period, bool IsDry, DateTimeOffset Began, string By, DateTimeOffset Seen)
{
    /// <summary>Of a bill run's newest slice; null: none has ended yet.</summary>
    public BillRunReport? Report { get; init; }
    public int Accounts { get; init; }
    public int Bills { get; init; }
    public Int128 DueNano { get; init; }
    public Int128 TaxNano { get; init; }
    public Int128 PurchasesNano { get; init; }
    public Int128 EarnedNano { get; init; }
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Why it stopped; null: it did not, or it has not ended.</summary>
    public string? Failure { get; init; }

    [JsonIgnore]
    public bool IsDone => Ended is not null && Failure is null;

    /// <summary>Where it is kept, and which versions it was read from: whoever has taken it over is not overwritten.</summary>
    [JsonIgnore]
    internal long CurrentVersion { get; init; }

    [JsonIgnore]
    internal long PeriodVersion { get; init; }

    public PeriodRun With(BillRunReport report) =>
        this with
        {
            Report = report,
            Accounts = Accounts + report.Accounts,
            Bills = Bills + report.Bills,
            DueNano = DueNano + report.DueNano,
            TaxNano = TaxNano + report.TaxNano,
            PurchasesNano = PurchasesNano + report.PurchasesNano,
            EarnedNano = EarnedNano + report.EarnedNano,
        };
}

/// <summary>
/// Says which run is made, by whom, and how far it is. One of a kind at a time, over all nodes. The board moves no money: what a run has written is in its own
/// transactions, so a run whose node has gone is begun again and goes on where its last write was.
/// </summary>
public sealed class RunBoard(IBillingStore store, TimeProvider time)
{
    /// <summary>Whoever was not heard of for so long makes it no more.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan beat = TimeSpan.FromSeconds(5);

    /// <summary>The run that is made now; null: none is.</summary>
    public async Task<PeriodRun?> LiveAsync(PeriodRunKind kind, CancellationToken cancellation) =>
        await ReadAsync(CurrentOf(kind), cancellation) is { Run: var run } && IsLive(run) ? run : null;

    /// <summary>The last run of a month, over or not; null: there was none.</summary>
    public async Task<PeriodRun?> FindAsync(PeriodRunKind kind, BillingPeriod period, CancellationToken cancellation)
    {
        if (await ReadAsync(IdOf(kind, period), cancellation) is not { Run: var run })
            return null;
        return run.Ended is null && !IsLive(run) ? run with { Ended = run.Seen, Failure = Stopped } : run;
    }

    public async Task<Outcome<PeriodRun>> BeginAsync(
        PeriodRunKind kind,
        BillingPeriod period,
        bool isDry,
        string by,
        CancellationToken cancellation
    )
    {
        var (current, last) = (await ReadAsync(CurrentOf(kind), cancellation), await ReadAsync(IdOf(kind, period), cancellation));
        if (current is { Run: var other } && IsLive(other))
            return Taken(other);
        var now = time.GetUtcNow();
        var begun = new PeriodRun(kind, period, isDry, now, by, now)
        {
            CurrentVersion = current?.Version ?? 0,
            PeriodVersion = last?.Version ?? 0,
        };
        try
        {
            return await WriteAsync(begun, cancellation);
        }
        catch (BillingConflictException)
        {
            return new Refused(Problems.Conflict, $"{period} is being run at the moment.");
        }
    }

    /// <summary>How far it is.</summary>
    /// <exception cref="BillingConflictException">Another has begun one meanwhile.</exception>
    public Task<PeriodRun> PutAsync(PeriodRun run, CancellationToken cancellation) =>
        WriteAsync(run with { Seen = time.GetUtcNow() }, cancellation);

    /// <exception cref="BillingConflictException">Another has begun one meanwhile.</exception>
    public Task<PeriodRun> EndAsync(PeriodRun run, string? failure)
    {
        var now = time.GetUtcNow();
        return WriteAsync(run with { Seen = now, Ended = now, Failure = failure }, CancellationToken.None);
    }

    /// <summary>Makes what is one step, and is heard of meanwhile.</summary>
    public async Task<Outcome<T>> AroundAsync<T>(PeriodRun begun, Func<Task<Outcome<T>>> make)
        where T : class
    {
        var run = begun;
        var making = make();
        string? failure = Stopped;
        try
        {
            while (await Task.WhenAny(making, Task.Delay(beat, time, CancellationToken.None)) != making)
                run = await PutAsync(run, CancellationToken.None);
            var outcome = await making;
            failure = outcome.Refused?.Message;
            return outcome;
        }
        finally
        {
            try
            {
                await EndAsync(run, failure);
            }
            catch (BillingConflictException)
            {
                // Nothing was heard of it for too long, and another has begun one: that one's state is the one to show.
            }
        }
    }

    public const string Stopped = "It stopped. Started again it goes on where it was.";

    private bool IsLive(PeriodRun run) => run.Ended is null && time.GetUtcNow() - run.Seen < LostAfter;

    private async Task<PeriodRun> WriteAsync(PeriodRun run, CancellationToken cancellation)
    {
        var body = BillingJson.Write(run);
        await store.CommitAsync(
            new BillingChange
            {
                Documents =
                [
                    new(DocumentKind.Run, CurrentOf(run.Kind), GroupOf(run.Kind), null, run.CurrentVersion, body),
                    new(DocumentKind.Run, IdOf(run.Kind, run.Period), GroupOf(run.Kind), run.Period, run.PeriodVersion, body),
                ],
            },
            cancellation
        );
        return run with { CurrentVersion = run.CurrentVersion + 1, PeriodVersion = run.PeriodVersion + 1 };
    }

    private async Task<(PeriodRun Run, long Version)?> ReadAsync(string id, CancellationToken cancellation) =>
        await store.FindAsync(DocumentKind.Run, id, cancellation) is { } stored
            ? (BillingJson.Read<PeriodRun>(stored.Body), stored.Version)
            : null;

    private static Refused Taken(PeriodRun other) => new(Problems.Conflict, $"{other.Period} is being run at the moment, by {other.By}.");

    private static string GroupOf(PeriodRunKind kind) => BillingJson.Write(kind).Trim('"');

    private static string CurrentOf(PeriodRunKind kind) => $"{GroupOf(kind)}/current";

    private static string IdOf(PeriodRunKind kind, BillingPeriod period) => $"{GroupOf(kind)}/{period}";
}
