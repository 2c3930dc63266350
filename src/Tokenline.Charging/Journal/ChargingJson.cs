using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;

namespace Tokenline.Charging.Journal;

/// <summary>The stored form of entries, account images and usage records: JSON that a person can read in the database.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(BucketGranted))]
[JsonSerializable(typeof(BucketVoided))]
[JsonSerializable(typeof(BucketExpired))]
[JsonSerializable(typeof(PayAsYouGoSet))]
[JsonSerializable(typeof(StandingSet))]
[JsonSerializable(typeof(Dispatched))]
[JsonSerializable(typeof(Extended))]
[JsonSerializable(typeof(Settled))]
[JsonSerializable(typeof(Released))]
[JsonSerializable(typeof(Transferred))]
[JsonSerializable(typeof(RefillPut))]
[JsonSerializable(typeof(Refilled))]
[JsonSerializable(typeof(AllotmentPut))]
[JsonSerializable(typeof(Raised))]
[JsonSerializable(typeof(SeatPassed))]
[JsonSerializable(typeof(AlertsSet))]
[JsonSerializable(typeof(AutoPackSet))]
[JsonSerializable(typeof(AutoPackClaimed))]
[JsonSerializable(typeof(Refunded))]
[JsonSerializable(typeof(SubtreeLeased))]
[JsonSerializable(typeof(Lent))]
[JsonSerializable(typeof(LeaseAccounted))]
[JsonSerializable(typeof(LeaseRecalled))]
[JsonSerializable(typeof(SubtreeReturned))]
[JsonSerializable(typeof(SubtreeAdopted))]
[JsonSerializable(typeof(LeaseGranted))]
[JsonSerializable(typeof(LeaseReturned))]
[JsonSerializable(typeof(LeaseEnded))]
[JsonSerializable(typeof(LessorStanding))]
[JsonSerializable(typeof(AccountImage))]
[JsonSerializable(typeof(AccountCommand))]
[JsonSerializable(typeof(AccountEvent))]
[JsonSerializable(typeof(UsageRecord))]
public sealed partial class ChargingJson : JsonSerializerContext
{
    public static void WriteEntry(Utf8JsonWriter writer, JournalEntry entry) =>
        JsonSerializer.Serialize(writer, entry, TypeOf(entry.Kind()));

    public static JournalEntry ReadEntry(EntryKind kind, ReadOnlySpan<byte> body) =>
        (JournalEntry?)JsonSerializer.Deserialize(body, TypeOf(kind)) ?? throw new JsonException("a journal entry is an object");

    private static JsonTypeInfo TypeOf(EntryKind kind) =>
        kind switch
        {
            Journal.EntryKind.BucketGranted => Default.BucketGranted,
            Journal.EntryKind.BucketVoided => Default.BucketVoided,
            Journal.EntryKind.BucketExpired => Default.BucketExpired,
            Journal.EntryKind.PayAsYouGoSet => Default.PayAsYouGoSet,
            Journal.EntryKind.StandingSet => Default.StandingSet,
            Journal.EntryKind.Dispatched => Default.Dispatched,
            Journal.EntryKind.Extended => Default.Extended,
            Journal.EntryKind.Settled => Default.Settled,
            Journal.EntryKind.Released => Default.Released,
            Journal.EntryKind.Transferred => Default.Transferred,
            Journal.EntryKind.RefillPut => Default.RefillPut,
            Journal.EntryKind.Refilled => Default.Refilled,
            Journal.EntryKind.AllotmentPut => Default.AllotmentPut,
            Journal.EntryKind.Raised => Default.Raised,
            Journal.EntryKind.SeatPassed => Default.SeatPassed,
            Journal.EntryKind.AlertsSet => Default.AlertsSet,
            Journal.EntryKind.AutoPackSet => Default.AutoPackSet,
            Journal.EntryKind.AutoPackClaimed => Default.AutoPackClaimed,
            Journal.EntryKind.Refunded => Default.Refunded,
            Journal.EntryKind.SubtreeLeased => Default.SubtreeLeased,
            Journal.EntryKind.Lent => Default.Lent,
            Journal.EntryKind.LeaseAccounted => Default.LeaseAccounted,
            Journal.EntryKind.LeaseRecalled => Default.LeaseRecalled,
            Journal.EntryKind.SubtreeReturned => Default.SubtreeReturned,
            Journal.EntryKind.SubtreeAdopted => Default.SubtreeAdopted,
            Journal.EntryKind.LeaseGranted => Default.LeaseGranted,
            Journal.EntryKind.LeaseReturned => Default.LeaseReturned,
            Journal.EntryKind.LeaseEnded => Default.LeaseEnded,
            Journal.EntryKind.LessorStanding => Default.LessorStanding,
            _ => throw new JsonException($"entry kind {(int)kind} is unknown: the journal was written by a newer version"),
        };
}
