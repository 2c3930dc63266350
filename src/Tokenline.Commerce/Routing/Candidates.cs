using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Routing;

/// <summary>What the deployments of a model must be together, so that a call always finds one to go to.</summary>
internal static class Candidates
{
    private const int CanaryPercentMax = 99;

    /// <summary>Null: nothing. A model that nobody serves at all, or that is withdrawn, is as the operator wants it.</summary>
    /// <param name="after">The model's deployments as they would be.</param>
    /// <param name="field">Of the change that is asked for: it is at fault when no candidate is left.</param>
    public static Refused? WhatIsWrong(ModelListing model, IReadOnlyCollection<Mapping> after, string field)
    {
        var active = after.Where(mapping => mapping.Traffic.State == DeploymentState.Active).Select(mapping => mapping.Traffic).ToList();
        if (active.Sum(traffic => traffic.CanaryPercent ?? 0) is > CanaryPercentMax and var percent)
            return Refused.Invalid(
                "canaryPercent",
                $"The deployments of '{model.Id}' on trial would get {percent} of 100 calls: together they get at most {CanaryPercentMax}."
            );
        if (model.WithdrawnAt is not null || after.Count == 0)
            return null;
        var ordinary = active.Where(traffic => traffic.CanaryPercent is null).ToList();
        if (ordinary.Count == 0)
            return Refused.Invalid(
                field,
                $"'{model.Id}' is for sale, and no deployment would be left that is neither draining nor on trial. Withdraw the model, or map another vendor first."
            );
        return ordinary.Sum(traffic => traffic.Weight) == 0
            ? Refused.Invalid("weight", $"The weights of the deployments of '{model.Id}' sum to zero: no call would know where to go.")
            : null;
    }
}
