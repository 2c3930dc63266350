using System.Text.Json.Nodes;
using Tokenline.Commerce.AuditTrail;

namespace Tokenline.Management.AuditTrail;

/// <param name="Kind"><c>staff</c>, <c>apiKey</c>, <c>member</c> or <c>system</c>.</param>
/// <param name="Id">An id, or the name of a key.</param>
/// <param name="Address">Where the request came from.</param>
public sealed record AuditActorBody(AuditActorKind Kind, string Id, string? Name, string? Address);

/// <param name="Kind">A noun, such as <c>staff</c> or <c>customers</c>.</param>
public sealed record AuditSubjectBody(string Kind, string Id);

/// <param name="Action">Noun and verb, or method and route of this API.</param>
/// <param name="Stage"><c>done</c>: written with the change. <c>begun</c>: before it; <c>made</c>, <c>refused</c> or <c>failed</c> is another entry that names this one in <c>of</c>.</param>
/// <param name="Before">What was there.</param>
/// <param name="After">What is there since, or what was asked for.</param>
/// <param name="Previous">The hash of the entry before.</param>
/// <param name="Hash">SHA-256 over all of it and <c>previous</c>.</param>
public sealed record AuditEntryBody(
    Id<AuditEntryKind> Id,
    long Number,
    DateTimeOffset At,
    AuditActorBody Who,
    string Action,
    AuditSubjectBody On,
    AuditStage Stage,
    Id<AuditEntryKind>? Of,
    PartyId? Customer,
    string? Vendor,
    JsonNode? Before,
    JsonNode? After,
    string? Why,
    string Previous,
    string Hash
)
{
    internal static AuditEntryBody From(AuditEntry entry) =>
        new(
            new(entry.Number),
            entry.Number,
            entry.At,
            new(entry.Draft.Who.Kind, entry.Draft.Who.Id, entry.Draft.Who.Name, entry.Draft.Who.Address),
            entry.Draft.Action,
            new(entry.Draft.On.Kind, entry.Draft.On.Id),
            entry.Draft.Stage,
            entry.Draft.Of is { } of ? new(of) : null,
            entry.Draft.Customer,
            entry.Draft.Vendor,
            Json(entry.Draft.Before),
            Json(entry.Draft.After),
            entry.Draft.Why,
            entry.Previous,
            entry.Hash
        );

    /// <summary>What was cut because it was too long is shown as text.</summary>
    private static JsonNode? Json(string? text)
    {
        try
        {
            return text is null ? null : JsonNode.Parse(text);
        }
        catch (System.Text.Json.JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}

/// <param name="Whole">Every entry is what was written, in the order of writing, and none is missing.</param>
/// <param name="Entries">How many were read.</param>
/// <param name="Number">Of the last entry that is right.</param>
/// <param name="Hash">Its hash. Keep both outside of the database, and give them to a later verification.</param>
/// <param name="BrokenAt">The first number at which the chain does not hold.</param>
public sealed record AuditVerificationBody(bool Whole, long Entries, long? Number, string? Hash, long? BrokenAt, string? Reason)
{
    internal static AuditVerificationBody Of(AuditVerification verified) =>
        new(verified.IsWhole, verified.Entries, verified.Head?.Number, verified.Head?.Hash, verified.BrokenAt, verified.Reason);
}
