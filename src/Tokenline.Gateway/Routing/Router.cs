using System.Collections.Immutable;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Gateway.Routing;

/// <summary>Which deployments may serve a call, in the order of trying. Today's one policy: the catalogue's priority.</summary>
internal static class Router
{
    /// <summary>Deployments tried for one call at the most, so that a bad hour at every vendor is not multiplied.</summary>
    public const int AttemptsMax = 3;

    public static ImmutableArray<Deployment> Candidates(Model model) => model.Deployments;
}
