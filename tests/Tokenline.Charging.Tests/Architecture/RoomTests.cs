using System.Xml.Linq;

namespace Tokenline.Charging.Tests.Architecture;

/// <summary>References point one way. The order of the rooms is here, and nowhere else in code.</summary>
public sealed class RoomTests
{
    /// <summary>A room may reference the rooms before it, never one after it.</summary>
    private static readonly string[] rooms =
    [
        "Units",
        "Charging",
        "Commerce",
        "Billing",
        "Gateway",
        "Cluster",
        "Storage",
        "Management",
        "Portal",
        "Simulators",
        "Host",
    ];

    /// <summary>The first four see no ASP.NET, SQL or Orleans.</summary>
    private static readonly string[] pureRooms = ["Units", "Charging", "Commerce", "Billing"];

    private static readonly string[] purePackages = ["NodaTime"];

    [Fact]
    public void A_room_references_only_the_rooms_before_it()
    {
        foreach (var (room, project) in Projects())
        {
            foreach (
                var reference in project
                    .Descendants("ProjectReference")
                    .Select(e => Path.GetFileNameWithoutExtension(e.Attribute("Include")!.Value))
            )
            {
                var target = reference["Tokenline.".Length..];
                Assert.True(
                    Array.IndexOf(rooms, target) < Array.IndexOf(rooms, room),
                    $"{room} references {target}, which is not before it"
                );
            }
        }
    }

    [Fact]
    public void The_pure_rooms_see_no_framework()
    {
        foreach (var (room, project) in Projects().Where(p => pureRooms.Contains(p.Room)))
        {
            Assert.Empty(project.Descendants("FrameworkReference"));
            Assert.All(project.Descendants("PackageReference"), e => Assert.Contains(e.Attribute("Include")!.Value, purePackages));
            Assert.True(project.Root!.Attribute("Sdk")!.Value == "Microsoft.NET.Sdk", $"{room} uses another SDK than the plain one");
        }
    }

    private static IEnumerable<(string Room, XDocument Project)> Projects()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Tokenline.slnx")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("the solution's root is above the tests");
        var projects = Directory.GetFiles(Path.Combine(folder.FullName, "src"), "*.csproj", SearchOption.AllDirectories);
        Assert.NotEmpty(projects);
        foreach (var file in projects)
        {
            var room = Path.GetFileNameWithoutExtension(file)["Tokenline.".Length..];
            Assert.Contains(room, rooms);
            yield return (room, XDocument.Load(file));
        }
    }
}
