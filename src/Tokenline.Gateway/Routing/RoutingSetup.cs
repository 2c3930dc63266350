using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Routing;
using Tokenline.Gateway.Routing.Choice;
using Tokenline.Gateway.Routing.Figures;
using Tokenline.Gateway.Routing.Health;
using Tokenline.Gateway.Routing.Sticky;

namespace Tokenline.Gateway.Routing;

internal static class RoutingSetup
{
    public static IServiceCollection AddRouting(this IServiceCollection services, RoutingOptions options) =>
        services
            .WithSubstitutions()
            .AddSingleton(options)
            .AddSingleton<RoutingClock>()
            .AddSingleton<Conversations>(_ => new Conversations())
            .AddSingleton(services => ActivatorUtilities.CreateInstance<Routes>(services, Random.Shared))
            .AddSingleton<DeploymentLoads>()
            .AddSingleton(services => ActivatorUtilities.CreateInstance<Router>(services, Random.Shared))
            .AddSingleton<RetryBudget>()
            .AddSingleton<ModelChoice>()
            .AddSingleton(services => new RoutingFigures(
                services.GetRequiredService<IModelCatalogSource>(),
                services.GetRequiredService<ITariffs>(),
                services.GetRequiredService<SubstitutionHolder>(),
                services.GetRequiredService<Routes>(),
                services.GetRequiredService<RoutingClock>(),
                services.GetRequiredService<CommerceOptions>()
            ))
            .AddHostedService<RoutingUpkeep>()
            .AddHostedService<QualityKeeping>();

    /// <summary>Tokenline.Commerce fills it; without that there are no rules.</summary>
    private static IServiceCollection WithSubstitutions(this IServiceCollection services)
    {
        services.TryAddSingleton<SubstitutionHolder>();
        return services;
    }
}
