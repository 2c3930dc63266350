using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;
using Tokenline.Gateway.Routing.Sticky;

namespace Tokenline.Gateway.Routing;

/// <summary>The models of the catalogue as routes, made when they are first asked for and again when the catalogue has changed; what was seen of a deployment stays.</summary>
internal sealed class Routes(ITariffs tariffs, Pricing pricing, Conversations conversations, RoutingOptions options, Random dice)
{
    private readonly ConditionalWeakTable<Model, ModelRoute> routes = [];
    private readonly ConcurrentDictionary<string, LiveDeployment> live = new();
    private int numbers;

    public ModelRoute Of(Model model) => routes.TryGetValue(model, out var route) ? route : routes.GetValue(model, Make);

    /// <summary>What was seen of this deployment; at another address it is another one.</summary>
    public LiveDeployment Of(Deployment deployment) =>
        live.AddOrUpdate(deployment.Id, _ => New(deployment), (_, known) => known.BaseUrl == deployment.BaseUrl ? known : New(deployment));

    /// <summary>Forgets deployments that are in the catalogue no more.</summary>
    public void Forget(ModelCatalog catalog)
    {
        var present = catalog.Models.SelectMany(model => model.Deployments).Select(deployment => deployment.Id).ToHashSet();
        foreach (var id in live.Keys)
        {
            if (!present.Contains(id) && live.TryGetValue(id, out var gone) && gone.Running == 0)
                live.TryRemove(id, out _);
        }
    }

    private ModelRoute Make(Model model) =>
        new(
            model,
            [
                .. model.Deployments.Select(deployment => new Seat(
                    deployment,
                    Of(deployment),
                    new SeatPrice(deployment.Vendor, model.Id, tariffs, pricing)
                )),
            ],
            RoutingPolicy.Of(model.Routing, conversations),
            new SeatPrice(null, model.Id, tariffs, pricing),
            prefers => RoutingPolicy.Of(model.Routing, prefers, conversations)
        );

    private LiveDeployment New(Deployment deployment) =>
        new(deployment.Id, deployment.BaseUrl, Interlocked.Increment(ref numbers), options, dice);
}
