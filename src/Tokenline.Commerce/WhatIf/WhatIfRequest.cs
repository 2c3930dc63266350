using System.Text.Json.Serialization;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.WhatIf;

/// <summary>A past period, and drafts to try on it.</summary>
/// <param name="From">Calls that started from here on, and what was paid from here on.</param>
/// <param name="To">And before. Not in the future.</param>
/// <param name="Prices">Draft price sheets by Model ID, in place of whatever was in force.</param>
/// <param name="Offering">A draft plan.</param>
/// <param name="InsteadOf">The offering whose holders have the draft plan; null: the one that it is the next version of.</param>
/// <param name="Sample">So many subscribers at the most, chosen by their ids; null: all.</param>
public sealed record WhatIfRequest(
    DateTimeOffset From,
    DateTimeOffset To,
    IReadOnlyDictionary<string, PriceSheet>? Prices = null,
    ProductOffering? Offering = null,
    string? InsteadOf = null,
    int? Sample = null
)
{
    /// <summary>What it is called in a list.</summary>
    public string Name { get; init; } = "";
}

/// <summary>A request that was read: everything in it is there.</summary>
internal sealed record WhatIfDraft(
    WhatIfRequest Request,
    IReadOnlyCollection<ModelTariff> Charges,
    ProductOffering? Offering,
    string? InsteadOf
)
{
    /// <summary>No version has this number.</summary>
    public const int Version = int.MaxValue;
}

[JsonConverter(typeof(JsonStringEnumConverter<WhatIfState>))]
public enum WhatIfState
{
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    [JsonStringEnumMemberName("running")]
    Running,

    [JsonStringEnumMemberName("done")]
    Done,

    [JsonStringEnumMemberName("failed")]
    Failed,

    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}
