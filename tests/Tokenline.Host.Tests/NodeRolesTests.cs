using System.Net;
using Tokenline.Cluster;
using Tokenline.Commerce;
using Tokenline.Gateway;
using Tokenline.Testing;

namespace Tokenline.Host.Tests;

/// <summary>A node of a cluster has the doors of its roles, and no others.</summary>
public sealed class NodeRolesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Calls_are_taken_by_gateways_and_management_by_portals_alone()
    {
        var folder = Directory.CreateTempSubdirectory("tokenline-roles-");
        var database = await PostgresServer.NewDatabaseAsync();
        var doors = new List<(NodeRoles, HttpStatusCode Calls, HttpStatusCode Management, HttpStatusCode Pages)>();

        // Each by itself, since the accounts of a cluster are no part of the question.
        foreach (var roles in new[] { NodeRoles.Charging, NodeRoles.Gateway, NodeRoles.Portal })
            doors.Add(await DoorsAsync(folder.FullName, database, roles));

        Assert.Equal(
            [
                (NodeRoles.Charging, HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound),
                (NodeRoles.Gateway, HttpStatusCode.Unauthorized, HttpStatusCode.NotFound, HttpStatusCode.NotFound),
                (NodeRoles.Portal, HttpStatusCode.NotFound, HttpStatusCode.Unauthorized, HttpStatusCode.OK),
            ],
            doors
        );
        folder.Delete(recursive: true);
    }

    private static async Task<(NodeRoles, HttpStatusCode, HttpStatusCode, HttpStatusCode)> DoorsAsync(
        string folder,
        string database,
        NodeRoles roles
    )
    {
        var cluster = new ClusterSettings(database, "test", new IPEndPoint(IPAddress.Loopback, 0), roles, null, null);
        var settings = new Settings(
            folder,
            "http://127.0.0.1:0",
            null,
            Demo: false,
            "http://127.0.0.1:0",
            new GatewayOptions(),
            new CommerceOptions()
        )
        {
            Cluster = cluster,
        };
        await using var node = await TokenlineServer.StartAsync(settings, Cancel);
        using var http = new HttpClient { BaseAddress = new Uri(node.Url) };
        using var call = await http.PostAsync("/v1/chat/completions", new StringContent("{}"), Cancel);
        using var management = await http.GetAsync("/api/v1/customers", Cancel);
        using var page = await http.GetAsync("/", Cancel);
        await node.StopAsync();
        return (roles, call.StatusCode, management.StatusCode, page.StatusCode);
    }
}
