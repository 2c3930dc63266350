using System.Text.Json.Serialization;

namespace Tokenline.Charging.Tariffs;

/// <summary>The vendor's service class of a call, which has a price of its own.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ServiceClass>))]
public enum ServiceClass
{
    [JsonStringEnumMemberName("standard")]
    Standard,

    [JsonStringEnumMemberName("flex")]
    Flex,

    [JsonStringEnumMemberName("priority")]
    Priority,

    [JsonStringEnumMemberName("batch")]
    Batch,
}

/// <summary>What a call's price depends on beside its usage and its start; known before it runs, and kept in the journal with it.</summary>
/// <param name="Region">Where it is served, as the tariff names regions; null: nowhere in particular.</param>
/// <param name="CustomerGroup">The customer's group, as the tariff names groups.</param>
/// <param name="ImageClass">Size and quality of images to be made, such as <c>1024x1024/high</c>.</param>
public sealed record CallTraits(
    ServiceClass Service = ServiceClass.Standard,
    string? Region = null,
    string? CustomerGroup = null,
    string? ImageClass = null
)
{
    public static readonly CallTraits Plain = new();
}

/// <summary>The most that a call can use.</summary>
/// <param name="Input">Tokens of whole input, whichever of the input meters they will be.</param>
/// <param name="Output">Tokens of output.</param>
/// <param name="Other">The most of every other meter: requests, images, seconds, searches, … Its token meters are 0.</param>
public readonly record struct UsageBound(long Input, long Output, Usage Other);

/// <summary>Everything that the price of one call depends on beside its usage.</summary>
/// <param name="Factor">The product of the multipliers that apply to every card of the tariff.</param>
/// <param name="VolumeBefore">What the account has used this month in the tariff's volume group; 0 where it has none.</param>
public readonly record struct RatingContext(DateTimeOffset StartedAt, CallTraits Traits, Ratio Factor, long VolumeBefore);
