using Tokenline.Charging;
using Tokenline.Commerce.Configuration;

namespace Tokenline.Commerce.Outbox;

/// <summary>What a round of dispatching did.</summary>
/// <param name="Refused">What accounts refused: a person must look at these.</param>
/// <param name="Unavailable">Accounts that could not be reached, and why; their commands wait for the next round.</param>
public sealed record DispatchReport(int Done, IReadOnlyList<string> Refused, IReadOnlyDictionary<AccountId, Exception> Unavailable);

/// <summary>
/// Carries commands from the outbox to their accounts, in order per account, at least once: the account knows a command it has seen.
/// Called right after each commit, so that what was bought is usable by the very next call, and every minute for what was left.
/// </summary>
public sealed class OutboxDispatcher(IOutbox outbox, IChargingAccounts accounts, ITurns turns, TimeProvider time)
{
    private const int BatchMax = 500;

    /// <summary>Hears of every round in which something was refused or could not be reached, whoever called for it. Set by the host, to log it.</summary>
    public Action<DispatchReport>? Trouble { get; set; }

    public async Task<DispatchReport> DispatchAsync(CancellationToken cancellation)
    {
        IAsyncDisposable turn;
        try
        {
            turn = await turns.TakeAsync(Turns.Outbox, cancellation);
        }
        catch (TurnTakenException)
        {
            // What was bought is stored; the round of every minute carries it.
            return new(0, [], new Dictionary<AccountId, Exception>());
        }
        await using (turn)
            return await RoundAsync(cancellation);
    }

    private async Task<DispatchReport> RoundAsync(CancellationToken cancellation)
    {
        var done = 0;
        var refused = new List<string>();
        var unavailable = new Dictionary<AccountId, Exception>();
        foreach (var row in await outbox.PendingAsync(BatchMax, cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            // A later command of an account must not overtake one that waits.
            if (unavailable.ContainsKey(row.Account))
                continue;
            try
            {
                var refusal = await accounts.ExecuteAsync(row.Account, row.Command);
                await outbox.DoneAsync(row.Number, time.GetUtcNow(), refusal?.Message, CancellationToken.None);
                done++;
                if (refusal is not null)
                    refused.Add($"{row.Account}: {row.Command.GetType().Name} (outbox {row.Number}) was refused: {refusal.Message}");
            }
            catch (Exception e)
            {
                // Whatever it is, the row stays, and one account in trouble must not hold up what others bought.
                unavailable.Add(row.Account, e);
            }
        }
        var report = new DispatchReport(done, refused, unavailable);
        if (refused.Count > 0 || unavailable.Count > 0)
            Trouble?.Invoke(report);
        return report;
    }
}
