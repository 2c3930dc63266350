using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Charging.Trials;

namespace Tokenline.Charging;

/// <summary>The durable truth, write side. One writer per process with group commit; order per account is the order of <see cref="Append"/>.</summary>
public interface IChargeJournal
{
    /// <summary>Takes the account for a new epoch: from now on entries of older epochs are refused. Returns what is durable.</summary>
    ValueTask<ClaimedAccount> ClaimAsync(AccountId account);

    /// <summary>
    /// Queues one entry and returns at once. The entry is refused (its task fails) when the epoch is not the newest or the sequence not the next,
    /// for that account alone. Not urgent: it may wait some milliseconds for company.
    /// </summary>
    /// <returns>
    /// Completes when the entry is durable; fails when it was refused or could not be written. Who waits for a settle may go on on the journal's own thread, where its host has allowed that.
    /// </returns>
    Task Append(AccountId account, long epoch, long sequence, JournalEntry entry, UsageRecord? record, bool urgent);

    /// <summary>Entries come in faster than they can be written; new calls should be turned away.</summary>
    bool IsBehind { get; }

    /// <summary>Queues an image of the state at a sequence, so that a later claim reads fewer entries. Best effort.</summary>
    void Save(AccountId account, long epoch, AccountImage image);
}

/// <summary>The read side. Reads see whole commits only.</summary>
public interface IChargeHistory
{
    /// <summary>The position of the newest durable entry, over all accounts.</summary>
    ValueTask<long> PositionAsync();

    ValueTask<UsageRecord?> FindRecordAsync(ChargeId charge);

    /// <summary>A charge that was dispatched and not settled. Null when there is none, or when its request took more than five minutes to arrive.</summary>
    ValueTask<UnbilledCharge?> FindUnbilledAsync(ChargeId charge);

    /// <summary>Usage records of an account, those that ended last first.</summary>
    /// <param name="before">Only charges that ended before this one of the same account; null starts at the newest.</param>
    /// <param name="limit">1 to 1,000.</param>
    ValueTask<IReadOnlyList<UsageRecord>> RecordsAsync(AccountId account, ChargeId? before, int limit);

    /// <summary>
    /// The usage records of an account that are looked for. It ends when there are enough, or so many have been looked at; in another order than the newest first, these many are
    /// looked at, and the first of them in that order are given.
    /// </summary>
    /// <param name="before">Where an earlier search has ended; null starts at the newest.</param>
    /// <param name="limit">1 to 5,000.</param>
    /// <param name="looksMax">1 or more.</param>
    ValueTask<FoundRecords> SearchAsync(AccountId account, RecordSearch search, ChargeId? before, int limit, int looksMax);

    /// <summary>What customers are to hear of, over all accounts, oldest first: the outbox of events.</summary>
    /// <param name="after">Only events after this position; 0 starts at the first.</param>
    /// <param name="limit">1 to 1,000, as for every list here.</param>
    ValueTask<IReadOnlyList<StoredEvent>> EventsAsync(long after, int limit);

    /// <summary>The events of one account, newest first.</summary>
    /// <param name="before">Only events before this position; null starts at the newest.</param>
    ValueTask<IReadOnlyList<StoredEvent>> EventsAsync(AccountId account, long? before, int limit);

    /// <summary>Every refund of a charge, oldest first.</summary>
    ValueTask<IReadOnlyList<Adjustment>> AdjustmentsAsync(ChargeId charge);

    /// <summary>The refunds of one account, newest first.</summary>
    /// <param name="before">Only refunds before this position; null starts at the newest.</param>
    ValueTask<IReadOnlyList<Adjustment>> AdjustmentsAsync(AccountId account, long? before, int limit);

    /// <summary>The totals of a run, refunds included; null when the account has no call of it. It reads every record of the run.</summary>
    ValueTask<RunTotals?> RunAsync(AccountId account, string run);

    /// <summary>The usage records of a run, those that started last first.</summary>
    ValueTask<IReadOnlyList<UsageRecord>> RunRecordsAsync(AccountId account, string run, ChargeId? before, int limit);

    /// <summary>The runs of an account, those with the newest call first.</summary>
    /// <param name="before">Only runs whose newest call was before this one; null starts at the newest.</param>
    ValueTask<IReadOnlyList<RunLine>> RunsAsync(AccountId account, ChargeId? before, int limit);

    /// <summary>What an account used, day by day, in the order of days. The sums outlive the records that they are of.</summary>
    /// <param name="from">The first day of the operator's calendar.</param>
    /// <param name="to">The last.</param>
    ValueTask<IReadOnlyList<UsageDay>> DaysAsync(AccountId account, DateOnly from, DateOnly to);

    /// <summary>Settled charges over all accounts, in the order of their ids, which is that of their starts.</summary>
    /// <param name="after">Only charges after this one.</param>
    /// <param name="until">The last that is looked at.</param>
    ValueTask<IReadOnlyList<CallLine>> CallsAsync(ChargeId after, ChargeId until, int limit);

    /// <summary>Every entry of an account, oldest first, up to the newest at the time of asking. Read on as it is asked for: bounded in memory but for eight bytes an entry.</summary>
    IAsyncEnumerable<LivedEntry> LifeAsync(AccountId account, CancellationToken cancellation);

    /// <summary>Accounts with charges that were dispatched and have not ended, for the recovery rule.</summary>
    ValueTask<IReadOnlyList<AccountId>> AccountsWithOpenChargesAsync();

    /// <summary>Opens a view of the journal at its present end that later commits do not change.</summary>
    IJournalSnapshot OpenSnapshot();
}

/// <summary>A fixed view of the journal, for audit. Dispose it soon: it holds space back.</summary>
public interface IJournalSnapshot : IDisposable
{
    /// <summary>The position that this view ends at.</summary>
    long Position { get; }

    /// <summary>Every entry, in the order of positions; so those of one account are in its order.</summary>
    IEnumerable<(AccountId Account, StoredEntry Entry)> Entries();

    /// <summary>The accounts, and the sequence of each one's newest entry.</summary>
    IEnumerable<(AccountId Account, long Sequence)> Heads();

    AccountImage? Image(AccountId account);

    /// <param name="unlike">The column that says otherwise than the record itself, where records are kept in columns too; else null.</param>
    UsageRecord? Record(ChargeId charge, out string? unlike);

    long RecordCount();

    /// <summary>Usage records of charges before this one were kept as long as they had to be, and are gone.</summary>
    ChargeId RecordsFrom { get; }

    /// <summary>Slow: it looks at every record.</summary>
    IEnumerable<(AccountId Account, ChargeId Charge)> RecordsWithoutSettle();

    /// <summary>Where the lists of events and refunds and the sums of days, if they are kept beside the journal, say otherwise than its entries and records.</summary>
    IEnumerable<(AccountId Account, string Finding)> UnlikeLists();
}

public sealed record StoredEntry(long Sequence, JournalEntry Entry);

/// <param name="Image">The newest saved image; null when there is none.</param>
/// <param name="Tail">The entries after it, in order.</param>
public sealed record ClaimedAccount(long Epoch, AccountImage? Image, IReadOnlyList<StoredEntry> Tail);

/// <summary>Who called what.</summary>
public sealed record CallLine(ChargeId Charge, AccountId Account, string Model);
