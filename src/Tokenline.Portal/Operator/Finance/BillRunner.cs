using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tokenline.Billing;
using Tokenline.Billing.Bills;
using Tokenline.Commerce;
using Tokenline.Commerce.AuditTrail;

namespace Tokenline.Portal.Operator.Finance;

/// <summary>A run that this node makes, or has made last, and what it came to until now.</summary>
internal sealed record RunningBills(BillingPeriod Period, bool IsDry, DateTimeOffset Began)
{
    /// <summary>Of the newest slice; null: none has ended yet.</summary>
    public BillRunReport? Report { get; init; }
    public int Accounts { get; init; }
    public int Bills { get; init; }
    public Int128 DueNano { get; init; }
    public Int128 TaxNano { get; init; }
    public Int128 PurchasesNano { get; init; }
    public Int128 EarnedNano { get; init; }
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Why it stopped.</summary>
    public Refused? Refused { get; init; }

    public bool IsDone => Ended is not null && Refused is null;

    internal RunningBills With(BillRunReport report) =>
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
/// Makes bill runs while their page is closed: one at a time on this node, slice by slice, as the command line does. A run that is cut short
/// – the server ends, another node runs the same – is where its last write was, and goes on from there when it is started again.
/// </summary>
internal sealed class BillRunner(BillRun run, AuditLog audit, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<BillRunner> log)
{
    private static readonly TimeSpan slice = TimeSpan.FromSeconds(1);
    private readonly Lock gate = new();
    private volatile RunningBills? last;

    public RunningBills? Last => last;

    /// <summary>Answers when it has begun.</summary>
    /// <param name="entry">Of a run that bills: written before it begins, and its end after it. Null: a dry run, which changes nothing.</param>
    public async Task<Outcome<RunningBills>> StartAsync(BillingPeriod period, AuditDraft? entry)
    {
        var begun = new RunningBills(period, entry is null, time.GetUtcNow());
        lock (gate)
        {
            if (last is { Ended: null } other)
                return new Refused(Problems.Conflict, $"{other.Period} is being run at the moment.");
            last = begun;
        }
        try
        {
            var written = entry is null ? null : await audit.BeginAsync(entry);
            _ = Task.Run(() => RunAsync(begun, written), CancellationToken.None); // it ends by itself, and with the server
            return begun;
        }
        catch
        {
            last = null;
            throw;
        }
    }

    private async Task RunAsync(RunningBills running, AuditEntry? entry)
    {
        try
        {
            running = await StepsAsync(running);
            if (entry is not null)
                await audit.EndAsync(
                    entry,
                    running.Refused,
                    AuditJson.Of(
                        new
                        {
                            running.Accounts,
                            running.Bills,
                            DueNano = running.DueNano.ToString(),
                        }
                    )
                );
        }
        catch (Exception e)
        {
            log.LogWarning(e, "The run of {Period} stopped; started again it goes on", running.Period);
            running = (last ?? running) with
            {
                Refused = new Refused(Problems.Internal, "It stopped. Started again it goes on where it was."),
            };
            await WriteFailureAsync(entry, e);
        }
        last = running with { Ended = time.GetUtcNow() };
    }

    private async Task<RunningBills> StepsAsync(RunningBills running)
    {
        var stop = lifetime.ApplicationStopping;
        var after = default(AccountId);
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            var began = time.GetTimestamp();
            bool IsEnough() => time.GetElapsedTime(began) >= slice || stop.IsCancellationRequested;
            var step = running.IsDry
                ? await run.DryStepAsync(running.Period, time.GetUtcNow(), after, IsEnough, stop)
                : await run.StepAsync(running.Period, time.GetUtcNow(), IsEnough, stop);
            if (step.Value is not { } report)
                return running with { Refused = step.Refused };
            last = running = running.With(report);
            if (report.IsDone)
                return running;
            after = report.After;
        }
    }

    private async Task WriteFailureAsync(AuditEntry? entry, Exception e)
    {
        if (entry is null)
            return;
        try
        {
            await audit.FailAsync(entry, e);
        }
        catch (Exception unwritten)
        {
            log.LogError(unwritten, "The end of entry {Number} could not be written", entry.Number);
        }
    }
}
