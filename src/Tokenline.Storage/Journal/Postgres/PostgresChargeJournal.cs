using Microsoft.Extensions.Logging;
using Npgsql;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Storage.Postgres;

namespace Tokenline.Storage.Journal.Postgres;

/// <summary>The charge journal in PostgreSQL, written by many processes at once; see README.md beside this file.</summary>
public sealed partial class PostgresChargeJournal : IChargeJournal, IAsyncDisposable
{
    private readonly NpgsqlDataSource source;
    private readonly PostgresJournalWriter writer;
    private readonly JournalThread thread;
    private readonly ClockWatch clock;

    /// <param name="source">Of a database whose schema is <see cref="PostgresJournalSchema.Area"/>.</param>
    /// <param name="run">Of this process; accounts that it claims say so.</param>
    /// <param name="timeZone">Of the operator's calendar, which days of usage are of.</param>
    public PostgresChargeJournal(NpgsqlDataSource source, long run, string timeZone, TimeProvider time, ILogger<PostgresChargeJournal> log)
    {
        this.source = source;
        writer = new PostgresJournalWriter(source, run, timeZone, time, log);
        thread = new JournalThread(writer);
        clock = new ClockWatch(source, time, log);
    }

    /// <summary>Or nothing may be let in for another reason: its database is away, or its clock is another than ours.</summary>
    public bool IsBehind => writer.IsAway || clock.IsWrong || thread.IsBehind;

    public async ValueTask<ClaimedAccount> ClaimAsync(AccountId account)
    {
        var item = new ClaimItem(account);
        thread.Put(item, isUrgent: true);
        await item.Task;
        var claimed = await ReadClaimedAsync(account, item);
        var open = claimed.Image?.Open.Select(charge => charge.Dispatch.Charge).ToHashSet() ?? [];
        foreach (var stored in claimed.Tail)
        {
            _ = stored.Entry switch
            {
                Dispatched e => open.Add(e.Charge),
                Settled e => open.Remove(e.Charge),
                Released e => open.Remove(e.Charge),
                _ => false,
            };
        }
        thread.Put(new OpenItem(account, item.Epoch, open), isUrgent: true);
        return claimed;
    }

    public Task Append(AccountId account, long epoch, long sequence, JournalEntry entry, Charging.Records.UsageRecord? record, bool urgent)
    {
        var item = new EntryItem(account, epoch, sequence, urgent);
        item.Write(entry, record);
        thread.Put(item, urgent);
        return item.Task;
    }

    public void Save(AccountId account, long epoch, AccountImage image) =>
        thread.Put(new ImageItem(account, epoch, image), isUrgent: false);

    /// <summary>Writes what is queued and closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await clock.DisposeAsync();
        await thread.DisposeAsync();
    }

    private async Task<ClaimedAccount> ReadClaimedAsync(AccountId account, ClaimItem claim)
    {
        if (claim.Sequence == 0)
            return new(claim.Epoch, null, []);
        try
        {
            var image = await ImageAsync(account);
            return new(claim.Epoch, image, await TailAsync(account, image?.Sequence ?? 0));
        }
        catch (NpgsqlException e)
        {
            throw new AccountUnavailableException($"{account} could not be read from the charge journal", e);
        }
    }
}
