using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Tokenline.Management;

internal static class Stub
{
    public static IServiceCollection AddManagementApi(this IServiceCollection services, string adminKey) => services;

    public static void MapManagementApi(this IEndpointRouteBuilder routes) { }
}
