using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tokenline.Billing;
using Tokenline.Billing.Bills;
using Tokenline.Commerce;
using Tokenline.Commerce.AuditTrail;

namespace Tokenline.Portal.Operator.Finance;

/// <summary>
/// Makes bill runs while their page is closed: one at a time over all nodes, slice by slice, as the command line does. How far it is stands on the board, where every
/// node reads it. A run that is cut short – the server ends – is where its last write was, and goes on from there when it is started again, on whichever node.
/// </summary>
internal sealed class BillRunner(
    BillRun run,
    RunBoard board,
    AuditLog audit,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<BillRunner> log
)
{
    private static readonly TimeSpan slice = TimeSpan.FromSeconds(1);

    /// <summary>Answers when it has begun.</summary>
    /// <param name="by">Who begins it, by name.</param>
    /// <param name="entry">Of a run that bills: written before it begins, and its end after it. Null: a dry run, which changes nothing.</param>
    public async Task<Outcome<PeriodRun>> StartAsync(BillingPeriod period, string by, AuditDraft? entry)
    {
        var begun = await board.BeginAsync(PeriodRunKind.Bills, period, entry is null, by, CancellationToken.None);
        if (begun.Value is not { } running)
            return begun;
        try
        {
            var written = entry is null ? null : await audit.BeginAsync(entry);
            _ = Task.Run(() => RunAsync(running, written), CancellationToken.None); // it ends by itself, and with the server
            return begun;
        }
        catch
        {
            await board.EndAsync(running, RunBoard.Stopped);
            throw;
        }
    }

    private async Task RunAsync(PeriodRun running, AuditEntry? entry)
    {
        try
        {
            Refused? refused;
            (running, refused) = await StepsAsync(running, made => running = made);
            // Its end is in the audit log before anybody reads that it has ended.
            if (entry is not null)
                await audit.EndAsync(
                    entry,
                    refused,
                    AuditJson.Of(
                        new
                        {
                            running.Accounts,
                            running.Bills,
                            DueNano = running.DueNano.ToString(),
                        }
                    )
                );
            await board.EndAsync(running, refused?.Message);
        }
        catch (Exception e)
        {
            log.LogWarning(e, "The run of {Period} stopped; started again it goes on", running.Period);
            await WriteFailureAsync(running, entry, e);
        }
    }

    private async Task<(PeriodRun Run, Refused? Refused)> StepsAsync(PeriodRun running, Action<PeriodRun> made)
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
                return (running, step.Refused);
            running = running.With(report);
            if (report.IsDone)
                return (running, null);
            made(running = await board.PutAsync(running, stop));
            after = report.After;
        }
    }

    private async Task WriteFailureAsync(PeriodRun running, AuditEntry? entry, Exception e)
    {
        try
        {
            if (entry is not null)
                await audit.FailAsync(entry, e);
            if (e is not BillingConflictException)
                await board.EndAsync(running, RunBoard.Stopped);
        }
        catch (Exception unwritten)
        {
            // The board finds by itself that nothing is heard of the run any more.
            log.LogError(unwritten, "The end of the run of {Period} could not be written", running.Period);
        }
    }
}
