using System.Collections.Immutable;
using Tokenline.Commerce.Catalog;
using Tokenline.Gateway.Protocols;
using Tokenline.Gateway.Protocols.Translation;
using Tokenline.Gateway.Protocols.Unary;
using Tokenline.Gateway.Upstreams;

namespace Tokenline.Gateway.Routing;

/// <summary>Which deployments may serve a call, in the order of trying. Today's one policy: the catalogue's priority.</summary>
internal static class Router
{
    /// <summary>Deployments tried for one call at the most, so that a bad hour at every vendor is not multiplied.</summary>
    public const int AttemptsMax = 3;

    public static ImmutableArray<Deployment> Candidates(Model model) => model.Deployments;

    /// <summary>By which of its APIs a deployment serves this client: the one that the client speaks, else the first that there is a translation for. Null: by none.</summary>
    public static VendorApi? ApiFor(ClientProtocol client, Deployment deployment)
    {
        VendorApi? translated = null;
        foreach (var api in deployment.Apis)
        {
            var spoken = UpstreamTarget.ProtocolOf(api);
            if (spoken == client.Kind)
                return api;
            if (translated is null && client is not UnaryProtocol && ProtocolPairs.Find(client.Kind, spoken) is not null)
                translated = api;
        }
        return translated;
    }
}
