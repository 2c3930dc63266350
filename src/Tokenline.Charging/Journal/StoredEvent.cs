using Tokenline.Charging.Accounts;

namespace Tokenline.Charging.Journal;

/// <summary>An event as the journal keeps it: there exactly when its entry is durable.</summary>
/// <param name="Position">Of its entry. Positions rise over all accounts and never change: a reader remembers how far it came.</param>
public sealed record StoredEvent(long Position, AccountId Account, DateTimeOffset At, AccountEvent Event);

/// <summary>A refund as the journal keeps it: a record of its own, that names the charge it corrects.</summary>
public sealed record Adjustment(long Position, AccountId Account, Refunded Refund);
