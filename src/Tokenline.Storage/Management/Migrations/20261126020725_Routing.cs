using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.Migrations
{
    [DbContext(typeof(ManagementDb))]
    [Migration("20261126020725_Routing")]
    public class Routing : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Profile",
                table: "model",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Routing",
                table: "model",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "WithdrawnAt",
                table: "model",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "CanaryPercent",
                table: "deployment",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Profile",
                table: "deployment",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "State",
                table: "deployment",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "Weight",
                table: "deployment",
                type: "INTEGER",
                nullable: false,
                defaultValue: 100);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Profile",
                table: "model");

            migrationBuilder.DropColumn(
                name: "Routing",
                table: "model");

            migrationBuilder.DropColumn(
                name: "WithdrawnAt",
                table: "model");

            migrationBuilder.DropColumn(
                name: "CanaryPercent",
                table: "deployment");

            migrationBuilder.DropColumn(
                name: "Profile",
                table: "deployment");

            migrationBuilder.DropColumn(
                name: "State",
                table: "deployment");

            migrationBuilder.DropColumn(
                name: "Weight",
                table: "deployment");
        }
    }
}
