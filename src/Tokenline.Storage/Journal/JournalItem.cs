using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;

namespace Tokenline.Storage.Journal;

/// <summary>Something queued for the writer, and the promise that it is durable. Those who wait go on where it is completed.</summary>
internal abstract class JournalItem : TaskCompletionSource
{
    private Exception? failure;
    private bool isBrief;

    /// <summary>
    /// Who waits for it, if anybody does, has little left to do, and waits for nothing on its thread: it may be completed on the writer's. Who hears of a failure has more to do.
    /// </summary>
    public bool IsBrief
    {
        get => isBrief && failure is null;
        protected set => isBrief = value;
    }

    public bool HasFailed => failure is not null;

    /// <summary>Decides how it ends; <see cref="Complete"/> tells those who wait.</summary>
    public void Fail(Exception exception) => failure ??= exception;

    public void Complete()
    {
        if (failure is null)
            TrySetResult();
        else if (TrySetException(failure))
            _ = Task.Exception; // nobody may be waiting: then its failure is not an unobserved exception
    }
}

/// <summary>An entry with its record, already written out as JSON by the caller's thread, so that the writer's thread only binds bytes.</summary>
internal sealed class EntryItem(AccountId account, long epoch, long sequence, bool urgent) : JournalItem
{
    private byte[] body = [];
    private int bodyLength;
    private byte[] recordBody = [];
    private int recordLength;

    public AccountId Account { get; } = account;
    public long Epoch { get; } = epoch;
    public long Sequence { get; } = sequence;
    public bool IsUrgent { get; } = urgent;
    public EntryKind Kind { get; private set; }
    public ChargeId? Charge { get; private set; }
    public UsageRecord? Record { get; private set; }

    /// <summary>The entry itself, where it is also listed in a table of its own.</summary>
    public JournalEntry? Listed { get; private set; }

    public ReadOnlySpan<byte> Body => body.AsSpan(0, bodyLength);

    public ReadOnlySpan<byte> RecordBody => recordBody.AsSpan(0, recordLength);

    public void Write(JournalEntry entry, UsageRecord? record)
    {
        Kind = entry.Kind();
        IsBrief = !IsUrgent || Kind == EntryKind.Settled; // nobody waits, or a call that only has to send what it has
        Charge = entry switch
        {
            Dispatched e => e.Charge,
            Extended e => e.Charge,
            Settled e => e.Charge,
            Released e => e.Charge,
            _ => null,
        };
        Record = record;
        Listed = entry is Raised or Refunded ? entry : null;
        var scratch = JsonScratch.OfThread;
        (body, bodyLength) = scratch.Write(entry);
        if (record is not null)
            (recordBody, recordLength) = scratch.Write(record);
    }

    /// <summary>Gives the buffers back; the item is done with.</summary>
    public void Recycle()
    {
        if (body.Length > 0)
            ArrayPool<byte>.Shared.Return(body);
        if (recordBody.Length > 0)
            ArrayPool<byte>.Shared.Return(recordBody);
        (body, recordBody) = ([], []);
    }
}

internal sealed class ImageItem(AccountId account, long epoch, AccountImage image) : JournalItem
{
    public AccountId Account { get; } = account;
    public long Epoch { get; } = epoch;
    public AccountImage Image { get; } = image;
}

/// <summary>Asks that the sums of days hold whatever was queued before it.</summary>
internal sealed class DaysItem : JournalItem;

internal sealed class ClaimItem(AccountId account) : JournalItem
{
    public AccountId Account { get; } = account;
    public long Epoch { get; set; }
    public long Sequence { get; set; }
}

/// <summary>A JSON writer and its buffer, one per thread, so that writing an entry allocates nothing that stays.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "lives as long as its thread")]
internal sealed class JsonScratch
{
    [ThreadStatic]
    private static JsonScratch? ofThread;

    /// <summary>Bytes of what a usual call leaves; what is longer is written by the serializer.</summary>
    private const int UsualMax = 4096;

    private readonly byte[] usual = new byte[UsualMax];
    private readonly ArrayBufferWriter<byte> buffer = new(1024);
    private readonly Utf8JsonWriter writer;

    private JsonScratch() =>
        writer = new Utf8JsonWriter(
            buffer,
            new JsonWriterOptions { SkipValidation = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );

    public static JsonScratch OfThread => ofThread ??= new JsonScratch();

    public (byte[] Bytes, int Length) Write(JournalEntry entry) =>
        CallJson.Write(entry, usual) is > 0 and var length
            ? Rented(usual.AsSpan(0, length))
            : Write(entry, static (writer, value) => ChargingJson.WriteEntry(writer, value));

    public (byte[] Bytes, int Length) Write(UsageRecord record) =>
        CallJson.Write(record, usual) is > 0 and var length
            ? Rented(usual.AsSpan(0, length))
            : Write(record, static (writer, value) => JsonSerializer.Serialize(writer, value, ChargingJson.Default.UsageRecord));

    public (byte[] Bytes, int Length) Write<T>(T value, Action<Utf8JsonWriter, T> write)
    {
        buffer.ResetWrittenCount();
        writer.Reset();
        write(writer, value);
        writer.Flush();
        return Rented(buffer.WrittenSpan);
    }

    private static (byte[] Bytes, int Length) Rented(ReadOnlySpan<byte> written)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(written.Length);
        written.CopyTo(bytes);
        return (bytes, written.Length);
    }
}
