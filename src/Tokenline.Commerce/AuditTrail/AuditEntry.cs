using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Tokenline.Commerce.AuditTrail;

/// <summary>Kept by number.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AuditActorKind>))]
public enum AuditActorKind
{
    [JsonStringEnumMemberName("staff")]
    Staff = 1,

    /// <summary>Whoever has a key of the management API.</summary>
    [JsonStringEnumMemberName("apiKey")]
    ApiKey = 2,

    /// <summary>A member of a customer.</summary>
    [JsonStringEnumMemberName("member")]
    Member = 3,

    /// <summary>The system itself.</summary>
    [JsonStringEnumMemberName("system")]
    System = 4,
}

/// <summary>Who did it.</summary>
/// <param name="Id">An id, or the name of a key; never the key.</param>
/// <param name="Name">As it was then.</param>
/// <param name="Address">Where from; null: from inside.</param>
public sealed record AuditActor(AuditActorKind Kind, string Id, string? Name = null, string? Address = null)
{
    public static AuditActor System(string part) => new(AuditActorKind.System, part);
}

/// <summary>What it was done to.</summary>
/// <param name="Kind">A noun: <c>staff</c>, <c>charge</c>, <c>offering</c>.</param>
public sealed record AuditSubject(string Kind, string Id)
{
    /// <summary>The kind of what was done to nothing else than a page of a console shows; the id is its path.</summary>
    public const string Page = "page";
}

/// <summary>Kept by number.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AuditStage>))]
public enum AuditStage
{
    /// <summary>Written in the transaction of the change.</summary>
    [JsonStringEnumMemberName("done")]
    Done = 1,

    /// <summary>Written before it. Another entry says what became of it.</summary>
    [JsonStringEnumMemberName("begun")]
    Begun = 2,

    [JsonStringEnumMemberName("made")]
    Made = 3,

    [JsonStringEnumMemberName("refused")]
    Refused = 4,

    /// <summary>Broken off; whether it was made is for whoever reads it to find out.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed = 5,
}

/// <summary>What is to be written down.</summary>
/// <param name="Action">Noun and verb: <c>staff.add</c>, <c>charge.refund</c>.</param>
public sealed record AuditDraft(AuditActor Who, string Action, AuditSubject On)
{
    /// <summary>The customer whom it concerns.</summary>
    public PartyId? Customer { get; init; }

    /// <summary>The vendor whom it concerns.</summary>
    public string? Vendor { get; init; }

    /// <summary>JSON of what was there, as <see cref="AuditJson"/> makes it.</summary>
    public string? Before { get; init; }

    /// <summary>JSON of what is there now, or of what is asked for.</summary>
    public string? After { get; init; }

    public string? Why { get; init; }

    public AuditStage Stage { get; init; } = AuditStage.Done;

    /// <summary>Of an entry that says what became of another: its number.</summary>
    public long? Of { get; init; }
}

/// <summary>What was written down. <see cref="Hash"/> covers all of it and <see cref="Previous"/>, the hash of the entry before.</summary>
/// <param name="Number">From 1, without gaps.</param>
public sealed record AuditEntry(long Number, DateTimeOffset At, AuditDraft Draft, string Previous, string Hash)
{
    /// <summary>What the first entry has for the hash before it.</summary>
    public static readonly string Beginning = new('0', 64);

    public const int TextLengthMax = 16 * 1024;
    private const int WordLengthMax = 256;

    /// <summary>The entry that follows another in the chain.</summary>
    public static AuditEntry After(AuditEntry? last, AuditDraft draft, DateTimeOffset at)
    {
        var (number, previous) = ((last?.Number ?? 0) + 1, last?.Hash ?? Beginning);
        var fitting = Fitting(draft);
        return new(number, at, fitting, previous, HashOf(number, at, fitting, previous));
    }

    /// <summary>Whether it says what was written, right after the entry whose hash is given.</summary>
    public bool Follows(long number, string previous) =>
        Number == number + 1 && Previous == previous && Hash == HashOf(Number, At, Draft, Previous);

    /// <summary>SHA-256, in hexadecimal, over every field in order, each with its length before it: no two contents have the same bytes.</summary>
    private static string HashOf(long number, DateTimeOffset at, AuditDraft draft, string previous)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string?[] fields =
        [
            previous,
            number.ToString(CultureInfo.InvariantCulture),
            at.UtcTicks.ToString(CultureInfo.InvariantCulture),
            ((int)draft.Who.Kind).ToString(CultureInfo.InvariantCulture),
            draft.Who.Id,
            draft.Who.Name,
            draft.Who.Address,
            draft.Action,
            draft.On.Kind,
            draft.On.Id,
            draft.Customer?.ToString(),
            draft.Vendor,
            draft.Before,
            draft.After,
            draft.Why,
            ((int)draft.Stage).ToString(CultureInfo.InvariantCulture),
            draft.Of?.ToString(CultureInfo.InvariantCulture),
        ];
        Span<byte> length = stackalloc byte[4];
        foreach (var field in fields)
        {
            var bytes = field is null ? null : Encoding.UTF8.GetBytes(field);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes?.Length ?? -1);
            hash.AppendData(length);
            hash.AppendData(bytes ?? []);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>As both databases keep it: nothing is longer than its column, and no zero character, which PostgreSQL's text does not hold.</summary>
    private static AuditDraft Fitting(AuditDraft draft) =>
        draft with
        {
            Who = draft.Who with
            {
                Id = Cut(draft.Who.Id, WordLengthMax)!,
                Name = Cut(draft.Who.Name, WordLengthMax),
                Address = Cut(draft.Who.Address, WordLengthMax),
            },
            Action = Cut(draft.Action, WordLengthMax)!,
            On = new(Cut(draft.On.Kind, WordLengthMax)!, Cut(draft.On.Id, WordLengthMax)!),
            Vendor = Cut(draft.Vendor, WordLengthMax),
            Before = Cut(draft.Before, TextLengthMax),
            After = Cut(draft.After, TextLengthMax),
            Why = Cut(draft.Why, TextLengthMax),
        };

    private static string? Cut(string? text, int lengthMax)
    {
        if (text is null)
            return null;
        // What UTF-8 cannot write (half of a pair) would come back as something else than was hashed.
        var whole = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Replace('\0', '\uFFFD')));
        if (whole.Length <= lengthMax)
            return whole;
        var end = char.IsHighSurrogate(whole[lengthMax - 2]) ? lengthMax - 2 : lengthMax - 1;
        return whole[..end] + "…";
    }
}
