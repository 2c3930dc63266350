using System.Text.Json.Serialization;

namespace Tokenline.Commerce.Catalog;

[JsonConverter(typeof(JsonStringEnumConverter<OfferingKind>))]
public enum OfferingKind
{
    [JsonStringEnumMemberName("plan")]
    Plan,

    [JsonStringEnumMemberName("pack")]
    Pack,

    /// <summary>Not ordered but switched on, with a cap of the customer's own.</summary>
    [JsonStringEnumMemberName("payAsYouGo")]
    PayAsYouGo,
}

/// <summary>What is for sale.</summary>
/// <param name="Price">In nano; nothing is paid for 0.</param>
/// <param name="Months">How long what it grants can be spent; null for pay-as-you-go.</param>
public sealed record ProductOffering(
    string Id,
    string Name,
    string Description,
    OfferingKind Kind,
    Money Price,
    int? Months,
    IReadOnlyList<OfferedGrant> Grants
);

/// <summary>Quota that an offering grants, in micro-units.</summary>
/// <param name="Models">The Model IDs that it may pay for; null: those with a weight in this unit.</param>
public sealed record OfferedGrant(QuotaUnit Unit, long Amount, string[]? Models = null);
