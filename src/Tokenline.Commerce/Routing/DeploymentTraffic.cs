using System.Text.Json.Serialization;

namespace Tokenline.Commerce.Routing;

/// <summary>How much of a model's traffic a deployment is meant to get.</summary>
/// <param name="Weight">Its share among those that its policy ranks alike; 0: none, unless no other can serve.</param>
/// <param name="CanaryPercent">A new deployment on trial: so many of 100 calls go there first, and none of the others by choice. Null: it is not on trial.</param>
public sealed record DeploymentTraffic(
    int Weight = DeploymentTraffic.WeightDefault,
    int? CanaryPercent = null,
    DeploymentState State = DeploymentState.Active
)
{
    public static readonly DeploymentTraffic Default = new();
    public const int WeightDefault = 100;
    public const int WeightMax = 1000;

    /// <summary>Null: nothing.</summary>
    public Refused? WhatIsWrong() =>
        Weight is < 0 or > WeightMax ? Refused.Invalid("weight", $"A weight is between 0 and {WeightMax}.")
        : CanaryPercent is < 1 or > 99
            ? Refused.Invalid("canaryPercent", "A deployment on trial gets 1 to 99 of 100 calls; left out, it is not on trial.")
        : null;
}

/// <summary>Numbers are stored: only append.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DeploymentState>))]
public enum DeploymentState
{
    [JsonStringEnumMemberName("active")]
    Active,

    /// <summary>It gets no new calls; those that run go on to their end.</summary>
    [JsonStringEnumMemberName("draining")]
    Draining,
}
