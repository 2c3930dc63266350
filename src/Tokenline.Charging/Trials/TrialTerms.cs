using System.Collections.Frozen;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Charging.Trials;

/// <summary>The terms that a past period is tried under.</summary>
/// <param name="From">Calls that started from here on are made again.</param>
/// <param name="To">Calls that started before are counted.</param>
/// <param name="Book">What was in force, and the drafts beside it.</param>
/// <param name="Models">Of a model that has a draft, in place of whichever version was in force.</param>
public sealed record TrialTerms(DateTimeOffset From, DateTimeOffset To, TariffBook Book, FrozenDictionary<string, ModelTariff> Models)
    : ITariffs
{
    /// <summary>What plans grant; null: what they did.</summary>
    public ITrialGrants? Grants { get; init; }

    TariffBook ITariffs.Current => Book;

    /// <param name="drafts">All of one version that the book does not have.</param>
    public static TrialTerms Of(DateTimeOffset from, DateTimeOffset to, TariffBook book, IReadOnlyCollection<ModelTariff> drafts)
    {
        var models = drafts.ToFrozenDictionary(draft => draft.Model);
        if (drafts.Count == 0)
            return new(from, to, book, models);
        // It starts never: it is found by its number alone, and what is asked by an instant is answered as it was.
        var version = new Tariff(drafts.First().Version, DateTimeOffset.MaxValue, models);
        return new(from, to, new TariffBook([.. book.Versions, version], book.Contracts), models);
    }
}

/// <summary>What an account would have been granted in place of what it was. Of one account, asked in the order of its journal.</summary>
public interface ITrialGrants
{
    /// <summary>Null: the same. Otherwise the commands in its place, which may be none.</summary>
    /// <param name="granted">A <see cref="BucketGranted"/> or a <see cref="RefillPut"/>.</param>
    IReadOnlyList<AccountCommand>? Instead(JournalEntry granted);
}

/// <summary>What a trial comes to, call by call.</summary>
public abstract record TrialFact;

/// <param name="Was">What the call left.</param>
/// <param name="Now">What it would have left; null: it would have been refused.</param>
/// <param name="IsCut">It would have been answered in part.</param>
public sealed record TrialCall(Records.UsageRecord Was, Records.UsageRecord? Now, bool IsCut) : TrialFact;

/// <param name="Of">The refunded charge as it was.</param>
/// <param name="NowOf">As it would have been; null: it would have been refused, and there is nothing to give back.</param>
public sealed record TrialRefund(Refunded Was, Records.UsageRecord Of, Refunded? Now, Records.UsageRecord? NowOf) : TrialFact;
