using System.Text.Json.Serialization;

namespace Tokenline.Commerce.Catalog;

[JsonConverter(typeof(JsonStringEnumConverter<FindingWeight>))]
public enum FindingWeight
{
    /// <summary>To be known.</summary>
    [JsonStringEnumMemberName("note")]
    Note,

    /// <summary>To be thought of before it is published.</summary>
    [JsonStringEnumMemberName("warning")]
    Warning,

    /// <summary>It cannot be sold like this.</summary>
    [JsonStringEnumMemberName("wrong")]
    Wrong,
}

[JsonConverter(typeof(JsonStringEnumConverter<FindingKind>))]
public enum FindingKind
{
    /// <summary>It costs more than it brings with the model in the middle.</summary>
    [JsonStringEnumMemberName("belowCost")]
    BelowCost,

    /// <summary>It costs more than it brings if everything is spent on the model that costs the most.</summary>
    [JsonStringEnumMemberName("belowCostAtWorst")]
    BelowCostAtWorst,

    /// <summary>No contract says what some of its models cost.</summary>
    [JsonStringEnumMemberName("costUnknown")]
    CostUnknown,

    /// <summary>What it brings and costs.</summary>
    [JsonStringEnumMemberName("aboveCost")]
    AboveCost,

    [JsonStringEnumMemberName("noChineseName")]
    NoChineseName,

    [JsonStringEnumMemberName("noChineseDescription")]
    NoChineseDescription,

    [JsonStringEnumMemberName("noDescription")]
    NoDescription,

    /// <summary>No more can be ordered than was.</summary>
    [JsonStringEnumMemberName("outOfStock")]
    OutOfStock,

    [JsonStringEnumMemberName("lowStock")]
    LowStock,

    /// <summary>It requires what it excludes.</summary>
    [JsonStringEnumMemberName("requiresExcluded")]
    RequiresExcluded,

    /// <summary>What it requires excludes it.</summary>
    [JsonStringEnumMemberName("excludedByRequired")]
    ExcludedByRequired,

    /// <summary>None of what it requires can be bought.</summary>
    [JsonStringEnumMemberName("requiresUnsold")]
    RequiresUnsold,

    /// <summary>No model that is served can be paid with a grant of it.</summary>
    [JsonStringEnumMemberName("nothingToSpendOn")]
    NothingToSpendOn,

    /// <summary>A model that it names is withdrawn, or has no deployment.</summary>
    [JsonStringEnumMemberName("modelNotServed")]
    ModelNotServed,

    /// <summary>Its sale is over.</summary>
    [JsonStringEnumMemberName("saleOver")]
    SaleOver,

    /// <summary>It differs in nothing from what is published.</summary>
    [JsonStringEnumMemberName("unchanged")]
    Unchanged,
}

/// <summary>Something that a check says of an offering.</summary>
/// <param name="Message">In English; <paramref name="Subject"/> and the amounts are what it says in any language.</param>
/// <param name="Subject">An offering, a model, a number.</param>
/// <param name="Brings">What one sale brings, tax taken off.</param>
/// <param name="Costs">What vendors are owed if it is used up.</param>
public sealed record OfferingFinding(
    FindingWeight Weight,
    FindingKind Kind,
    string Message,
    string? Subject = null,
    Money? Brings = null,
    Money? Costs = null
);
