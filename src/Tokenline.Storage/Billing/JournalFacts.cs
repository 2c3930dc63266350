using System.Text.Json;
using Tokenline.Billing.Facts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;

namespace Tokenline.Storage.Billing;

/// <summary>How both journals are read for the books.</summary>
internal static class JournalFacts
{
    /// <summary>What moves quota or money. Holds and their extensions do not: they are most of the journal, and are not parsed.</summary>
    private static readonly EntryKind[] kinds =
    [
        EntryKind.BucketGranted,
        EntryKind.BucketVoided,
        EntryKind.Transferred,
        EntryKind.Refilled,
        EntryKind.Settled,
        EntryKind.Released,
        EntryKind.Refunded,
        EntryKind.Lent,
        EntryKind.LeaseAccounted,
        EntryKind.SubtreeAdopted,
    ];

    /// <summary>For an SQL list.</summary>
    public static readonly string Kinds = string.Join(", ", kinds.Select(kind => (int)kind));

    public static readonly int Settled = (int)EntryKind.Settled;

    /// <param name="body">UTF-8; of the record where the kind is a settle; null: it is not kept any more.</param>
    public static JournalFact Read(long position, AccountId account, EntryKind kind, byte[]? body) =>
        kind == EntryKind.Settled
            ? new(position, account, null, body is null ? null : Record(body))
            : new(position, account, ChargingJson.ReadEntry(kind, body!), null);

    public static UsageRecord Record(ReadOnlySpan<byte> body) =>
        JsonSerializer.Deserialize(body, ChargingJson.Default.UsageRecord) ?? throw new JsonException("a usage record is an object");

    public static UsageRecord Record(string body) =>
        JsonSerializer.Deserialize(body, ChargingJson.Default.UsageRecord) ?? throw new JsonException("a usage record is an object");
}
