using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.Migrations
{
    [DbContext(typeof(ManagementDb))]
    [Migration("20261126134711_People")]
    public class People : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_party_PhoneNumber",
                table: "party");

            migrationBuilder.AddColumn<int>(
                name: "Type",
                table: "party",
                type: "INTEGER",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.CreateTable(
                name: "individual",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false),
                    PhoneNumber = table.Column<string>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_individual", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "invitation",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false),
                    PartyId = table.Column<long>(type: "INTEGER", nullable: false),
                    PhoneNumber = table.Column<string>(type: "TEXT", nullable: false),
                    Terms = table.Column<string>(type: "TEXT", nullable: false),
                    State = table.Column<int>(type: "INTEGER", nullable: false),
                    CreatedAt = table.Column<string>(type: "TEXT", nullable: false),
                    ExpiresAt = table.Column<string>(type: "TEXT", nullable: false),
                    Authentication = table.Column<string>(type: "TEXT", nullable: true),
                    SentAt = table.Column<string>(type: "TEXT", nullable: true),
                    Sent = table.Column<int>(type: "INTEGER", nullable: false),
                    ById = table.Column<long>(type: "INTEGER", nullable: true),
                    EndedAt = table.Column<string>(type: "TEXT", nullable: true),
                    MembershipId = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_invitation", x => x.Id);
                    table.ForeignKey(
                        name: "FK_invitation_party_PartyId",
                        column: x => x.PartyId,
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "party_role",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false),
                    PartyId = table.Column<long>(type: "INTEGER", nullable: false),
                    IndividualId = table.Column<long>(type: "INTEGER", nullable: false),
                    Role = table.Column<int>(type: "INTEGER", nullable: false),
                    From = table.Column<string>(type: "TEXT", nullable: false),
                    AllotmentId = table.Column<long>(type: "INTEGER", nullable: true),
                    DepartmentId = table.Column<long>(type: "INTEGER", nullable: true),
                    Until = table.Column<string>(type: "TEXT", nullable: true),
                    EndReason = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_party_role", x => x.Id);
                    table.ForeignKey(
                        name: "FK_party_role_individual_IndividualId",
                        column: x => x.IndividualId,
                        principalTable: "individual",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_party_role_party_PartyId",
                        column: x => x.PartyId,
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_party_PhoneNumber_Type",
                table: "party",
                columns: new[] { "PhoneNumber", "Type" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_individual_PhoneNumber",
                table: "individual",
                column: "PhoneNumber",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_invitation_PartyId",
                table: "invitation",
                column: "PartyId");

            migrationBuilder.CreateIndex(
                name: "IX_invitation_pending",
                table: "invitation",
                columns: new[] { "PhoneNumber", "PartyId" },
                unique: true,
                filter: "\"State\" = 1");

            migrationBuilder.CreateIndex(
                name: "IX_party_role_IndividualId",
                table: "party_role",
                column: "IndividualId");

            migrationBuilder.CreateIndex(
                name: "IX_party_role_active",
                table: "party_role",
                columns: new[] { "PartyId", "IndividualId" },
                unique: true,
                filter: "\"Until\" IS NULL");

            // Customers of before are persons, and own themselves.
            migrationBuilder.Sql(
                "INSERT INTO individual (Id, PhoneNumber, Name, CreatedAt) SELECT Id, PhoneNumber, Name, CreatedAt FROM party;"
            );
            migrationBuilder.Sql(
                "INSERT INTO party_role (Id, PartyId, IndividualId, Role, \"From\") SELECT Id, Id, Id, 1, CreatedAt FROM party;"
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "invitation");

            migrationBuilder.DropTable(
                name: "party_role");

            migrationBuilder.DropTable(
                name: "individual");

            migrationBuilder.DropIndex(
                name: "IX_party_PhoneNumber_Type",
                table: "party");

            migrationBuilder.DropColumn(
                name: "Type",
                table: "party");

            migrationBuilder.CreateIndex(
                name: "IX_party_PhoneNumber",
                table: "party",
                column: "PhoneNumber",
                unique: true);
        }
    }
}
