using System.Collections.Concurrent;
using Tokenline.Charging.Limits;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Gateway.Routing;

/// <summary>How much of their limits the deployments have taken in this process.</summary>
internal sealed class DeploymentLoads
{
    private readonly ConcurrentDictionary<string, Load> loads = new();

    /// <summary>False: the deployment is at a limit, and <paramref name="fitsAt"/> tells, where it is known, until when.</summary>
    /// <param name="taken">To be ended when the call is; null where nothing limits the deployment.</param>
    public bool TryTake(Deployment deployment, DateTimeOffset now, long tokens, out TakenLoad? taken, out DateTimeOffset? fitsAt)
    {
        (taken, fitsAt) = (null, null);
        if (deployment.Rates == DeploymentRates.None)
            return true;
        if (!loads.TryGetValue(deployment.Id, out var load) || load.Rates != deployment.Rates)
            load = loads.AddOrUpdate(
                deployment.Id,
                static (_, rates) => new Load(rates),
                static (_, known, rates) => known.Rates == rates ? known : new Load(rates),
                deployment.Rates
            );
        if (!load.Limits.TryBegin(now, tokens, out fitsAt))
            return false;
        taken = new TakenLoad(load.Limits, now, tokens);
        return true;
    }

    private sealed class Load(DeploymentRates rates)
    {
        public DeploymentRates Rates => rates;

        public SharedLimits Limits { get; } =
            new(
                new[]
                {
                    rates.RequestsPerMinute is { } requests ? new Limit("rpm", LimitWindow.Rolling, Measure.Requests, requests, 60) : null,
                    rates.TokensPerMinute is { } tokens ? new Limit("tpm", LimitWindow.Rolling, Measure.Tokens, tokens, 60) : null,
                    rates.ConcurrentCalls is { } calls ? new Limit("concurrent", LimitWindow.Running, Measure.Requests, calls) : null,
                }.OfType<Limit>()
            );
    }
}

/// <summary>A call's part of a deployment's limits.</summary>
internal sealed record TakenLoad(SharedLimits Limits, DateTimeOffset At, long Tokens)
{
    public void End(long used) => Limits.End(At, Tokens, used);
}
