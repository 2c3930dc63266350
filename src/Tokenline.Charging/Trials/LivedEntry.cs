using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;

namespace Tokenline.Charging.Trials;

/// <summary>An entry of an account's journal, with what it takes to make it again.</summary>
/// <param name="Record">Of the charge that the entry settles or gives back; null of every other entry, and where the record is not kept any more.</param>
public sealed record LivedEntry(long Sequence, JournalEntry Entry, UsageRecord? Record);
