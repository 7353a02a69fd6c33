--- Every function that TES3MP 0.8.1 gives to Lua, by category: `name(parameter:type,...):what it returns`, and the
-- numbers of what must hold before it is called. What each number means stands first, under `[needs]`.
--
-- Generated from api-0.8.1.json and preconditions-0.8.1.json by `make api-table`: do not change it by hand.
return [[
[needs]
an actor list is selected (ReadReceivedActorList, ReadCellActorList of a loaded cell)
index below GetActorListSize
spellIndex below GetActorSpellsActiveChangesSize
an actor is being written (ClearActorList and its setters)
slot from 0 to 18
an actor list is selected, and its cell is still loaded
spell or effect index below the size function of its inner list
cellDescription is a cell: "x, y" with numbers from -976 to 976, or an interior's name of 1 to 250 bytes
index below GetBookChangesSize
index below GetCellStateChangesSize
x from -976 to 976
y from -976 to 976
slot from 0 to 1
slot from 0 to 4
index below GetTopicChangesSize
index below GetFactionChangesSize
action from 0 to 2
factionId in lower case
rank from 0 to 9
index below GetQuickKeyChangesSize
changeIndex below GetEquipmentChangesSize
index below GetInventoryChangesSize
length from 0 to 4096
a player has connected since the start
an object list is selected (ReadReceivedObjectList; Copy... to send it on)
index below GetObjectListSize
variable index below the size function of its inner list
container item index below the size function of its inner list
index below GetJournalChangesSize
a received worldstate with records is selected (ReadReceivedWorldstate)
index below GetRecordCount
effect index below the size function of its inner list
index below the number of records of the type that were added
the checksum is a hexadecimal number of at most 8 digits
filePath is a path in the server's data folder
folderPath is a folder that is there, in the server's data folder
index below GetSpellsActiveChangesSize
index below GetCooldownChangesSize
index below GetSpellbookChangesSize
spellIndex below GetSpellsActiveChangesSize
effectIndex below GetSpellsActiveEffectCount
attributeId from 0 to 7
no timer callback is running
the timer was not freed
oldCellDescription is a cell: "x, y" with numbers from -976 to 976, or an interior's name of 1 to 250 bytes
newCellDescription is a cell: "x, y" with numbers from -976 to 976, or an interior's name of 1 to 250 bytes
a received worldstate is selected (ReadReceivedWorldstate)
index below the size function of its list (GetClientGlobalsSize, GetKillChangesSize, GetMapChangesSize)
[Actors]
AddActor()
AddActorSpellActive(spellId:string,displayName:string,stackingState:boolean)
AddActorSpellActiveEffect(effectId:int,magnitude:number,duration:number,timeLeft:number,arg:int)
ClearActorList()
CopyLastActorListToStore() 1
CopyReceivedActorListToStore() 1
DoesActorHavePlayerKiller(index:int):boolean 1 2
DoesActorHavePosition(index:int):boolean 1 2
DoesActorHaveStatsDynamic(index:int):boolean 1 2
DoesActorSpellsActiveHavePlayerCaster(actorIndex:int,spellIndex:int):boolean 1 2 3
EquipActorItem(slot:int,refId:string,count:int,charge:int,enchantmentCharge:number) 4 5
GetActorCell(index:int):string 1 2
GetActorDeathState(index:int):int 1 2
GetActorEquipmentItemCharge(index:int,slot:int):int 1 2 5
GetActorEquipmentItemCount(index:int,slot:int):int 1 2 5
GetActorEquipmentItemEnchantmentCharge(index:int,slot:int):number 1 2 5
GetActorEquipmentItemRefId(index:int,slot:int):string 1 2 5
GetActorFatigueBase(index:int):number 1 2
GetActorFatigueCurrent(index:int):number 1 2
GetActorFatigueModified(index:int):number 1 2
GetActorHealthBase(index:int):number 1 2
GetActorHealthCurrent(index:int):number 1 2
GetActorHealthModified(index:int):number 1 2
GetActorKillerMpNum(index:int):int 1 2
GetActorKillerName(index:int):string 1 2
GetActorKillerPid(index:int):int 1 2
GetActorKillerRefId(index:int):string 1 2
GetActorKillerRefNum(index:int):int 1 2
GetActorKillerRefNumIndex(index:int):int 1 2
GetActorListAction():int 1
GetActorListSize():int 6
GetActorMagickaBase(index:int):number 1 2
GetActorMagickaCurrent(index:int):number 1 2
GetActorMagickaModified(index:int):number 1 2
GetActorMpNum(index:int):int 1 2
GetActorPosX(index:int):number 1 2
GetActorPosY(index:int):number 1 2
GetActorPosZ(index:int):number 1 2
GetActorRefId(index:int):string 1 2
GetActorRefNum(index:int):int 1 2
GetActorRefNumIndex(index:int):int 1 2
GetActorRotX(index:int):number 1 2
GetActorRotY(index:int):number 1 2
GetActorRotZ(index:int):number 1 2
GetActorSpellsActiveCasterMpNum(actorIndex:int,spellIndex:int):int 1 2 7
GetActorSpellsActiveCasterPid(actorIndex:int,spellIndex:int):int 1 2 7
GetActorSpellsActiveCasterRefId(actorIndex:int,spellIndex:int):string 1 2 7
GetActorSpellsActiveCasterRefNum(actorIndex:int,spellIndex:int):int 1 2 7
GetActorSpellsActiveChangesAction(actorIndex:int):int 1 2 7
GetActorSpellsActiveChangesSize(actorIndex:int):int 1 2 7
GetActorSpellsActiveDisplayName(actorIndex:int,spellIndex:int):string 1 2 7
GetActorSpellsActiveEffectArg(actorIndex:int,spellIndex:int,effectIndex:int):int 1 2 7
GetActorSpellsActiveEffectCount(actorIndex:int,spellIndex:int):int 1 2 7
GetActorSpellsActiveEffectDuration(actorIndex:int,spellIndex:int,effectIndex:int):number 1 2 7
GetActorSpellsActiveEffectId(actorIndex:int,spellIndex:int,effectIndex:int):int 1 2 7
GetActorSpellsActiveEffectMagnitude(actorIndex:int,spellIndex:int,effectIndex:int):number 1 2 7
GetActorSpellsActiveEffectTimeLeft(actorIndex:int,spellIndex:int,effectIndex:int):number 1 2 7
GetActorSpellsActiveId(actorIndex:int,spellIndex:int):string 1 2 7
GetActorSpellsActiveStackingState(actorIndex:int,spellIndex:int):boolean 1 2 7
InitializeActorList(pid:int)
ReadCellActorList(cellDescription:string) 8
ReadLastActorList()
ReadReceivedActorList()
SendActorAI(sendToOtherVisitors:boolean,skipAttachedPlayer:boolean)
SendActorAuthority()
SendActorCellChange(sendToOtherVisitors:boolean,skipAttachedPlayer:boolean)
SendActorDeath(sendToOtherVisitors:boolean,skipAttachedPlayer:boolean)
SendActorEquipment(sendToOtherVisitors:boolean,skipAttachedPlayer:boolean)
SendActorList()
SendActorPosition(sendToOtherVisitors:boolean,skipAttachedPlayer:boolean)
SendActorSpeech(sendToOtherVisitors:boolean,skipAttachedPlayer:boolean)
SendActorSpellsActiveChanges(sendToOtherVisitors:boolean,skipAttachedPlayer:boolean)
SendActorStatsDynamic(sendToOtherVisitors:boolean,skipAttachedPlayer:boolean)
SetActorAIAction(action:int)
SetActorAICoordinates(x:number,y:number,z:number)
SetActorAIDistance(distance:int)
SetActorAIDuration(duration:int)
SetActorAIRepetition(shouldRepeat:boolean)
SetActorAITargetToObject(refNum:int,mpNum:int)
SetActorAITargetToPlayer(pid:int)
SetActorCell(cellDescription:string) 8
SetActorDeathInstant(isInstant:boolean)
SetActorDeathState(deathState:int)
SetActorFatigueBase(value:number)
SetActorFatigueCurrent(value:number)
SetActorFatigueModified(value:number)
SetActorHealthBase(value:number)
SetActorHealthCurrent(value:number)
SetActorHealthModified(value:number)
SetActorListAction(action:int)
SetActorListCell(cellDescription:string) 8
SetActorListPid(pid:int)
SetActorMagickaBase(value:number)
SetActorMagickaCurrent(value:number)
SetActorMagickaModified(value:number)
SetActorMpNum(mpNum:int)
SetActorPosition(x:number,y:number,z:number)
SetActorRefId(refId:string)
SetActorRefNum(refNum:int)
SetActorRefNumIndex(refNum:int)
SetActorRotation(x:number,y:number,z:number)
SetActorSound(sound:string)
SetActorSpellsActiveAction(action:int)
UnequipActorItem(slot:int) 4 5
[Books]
AddBook(pid:int,bookId:string)
ClearBookChanges(pid:int)
GetBookChangesSize(pid:int):int
GetBookId(pid:int,index:int):string 9
InitializeBookChanges(pid:int)
SendBookChanges(pid:int,sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
[Cells]
GetCell(pid:int):string
GetCellStateChangesSize(pid:int):int
GetCellStateDescription(pid:int,index:int):string 10
GetCellStateType(pid:int,index:int):int 10
GetExteriorX(pid:int):int
GetExteriorY(pid:int):int
GetRegion(pid:int):string
IsChangingRegion(pid:int):boolean
IsInExterior(pid:int):boolean
SendCell(pid:int)
SetCell(pid:int,cellDescription:string) 8
SetExteriorCell(pid:int,x:int,y:int) 11 12
[CharClass]
GetClassDesc(pid:int):string
GetClassMajorAttribute(pid:int,slot:int):int 13
GetClassMajorSkill(pid:int,slot:int):int 14
GetClassMinorSkill(pid:int,slot:int):int 14
GetClassName(pid:int):string
GetClassSpecialization(pid:int):int
GetDefaultClass(pid:int):string
IsClassDefault(pid:int):int
SendClass(pid:int)
SetClassDesc(pid:int,desc:string)
SetClassMajorAttribute(pid:int,slot:int,attrId:int) 13
SetClassMajorSkill(pid:int,slot:int,skillId:int) 14
SetClassMinorSkill(pid:int,slot:int,skillId:int) 14
SetClassName(pid:int,name:string)
SetClassSpecialization(pid:int,spec:int)
SetDefaultClass(pid:int,id:string)
[Chat]
CleanChat()
CleanChatForPid(pid:int)
SendMessage(pid:int,message:string,sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
[Dialogue]
AddTopic(pid:int,topicId:string)
ClearTopicChanges(pid:int)
GetTopicChangesSize(pid:int):int
GetTopicId(pid:int,index:int):string 15
InitializeTopicChanges(pid:int)
PlayAnimation(pid:int,groupname:string,mode:int,count:int,persist:boolean)
PlaySpeech(pid:int,sound:string)
SendTopicChanges(pid:int,sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
[Factions]
AddFaction(pid:int)
ClearFactionChanges(pid:int)
GetFactionChangesAction(pid:int):int
GetFactionChangesSize(pid:int):int
GetFactionExpulsionState(pid:int,index:int):boolean 16
GetFactionId(pid:int,index:int):string 16
GetFactionRank(pid:int,index:int):int 16
GetFactionReputation(pid:int,index:int):int 16
InitializeFactionChanges(pid:int)
SendFactionChanges(pid:int,sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SetFactionChangesAction(pid:int,action:int) 17
SetFactionExpulsionState(expulsionState:boolean)
SetFactionId(factionId:string) 18
SetFactionRank(rank:int) 19
SetFactionReputation(reputation:int)
[GUI]
AddQuickKey(pid:int,slot:int,type:int,itemId:string)
ClearQuickKeyChanges(pid:int)
CustomMessageBox(pid:int,id:int,label:string,buttons:string)
GetQuickKeyChangesSize(pid:int):int
GetQuickKeyItemId(pid:int,index:int):string 20
GetQuickKeySlot(pid:int,index:int):int 20
GetQuickKeyType(pid:int,index:int):int 20
InitializeQuickKeyChanges(pid:int)
InputDialog(pid:int,id:int,label:string,note:string)
ListBox(pid:int,id:int,label:string,items:string)
MessageBox(pid:int,id:int,label:string)
PasswordDialog(pid:int,id:int,label:string,note:string)
SendQuickKeyChanges(pid:int)
SetMapVisibility(targetPid:int,affectedPid:int,state:int)
SetMapVisibilityAll(targetPid:int,state:int)
[Items]
AddItem(pid:int,refId:string,count:int,charge:int,enchantmentCharge:number,soul:string)
AddItemChange(pid:int,refId:string,count:int,charge:int,enchantmentCharge:number,soul:string)
ClearInventoryChanges(pid:int)
EquipItem(pid:int,slot:int,refId:string,count:int,charge:int,enchantmentCharge:number) 5
GetEquipmentChangesSize(pid:int):int
GetEquipmentChangesSlot(pid:int,changeIndex:int):int 21
GetEquipmentItemCharge(pid:int,slot:int):int 5
GetEquipmentItemCount(pid:int,slot:int):int 5
GetEquipmentItemEnchantmentCharge(pid:int,slot:int):number 5
GetEquipmentItemRefId(pid:int,slot:int):string 5
GetEquipmentSize():int
GetInventoryChangesAction(pid:int):int
GetInventoryChangesSize(pid:int):int
GetInventoryItemCharge(pid:int,index:int):int 22
GetInventoryItemCount(pid:int,index:int):int 22
GetInventoryItemEnchantmentCharge(pid:int,index:int):number 22
GetInventoryItemRefId(pid:int,index:int):string 22
GetInventoryItemSoul(pid:int,index:int):string 22
GetUsedItemCharge(pid:int):int
GetUsedItemCount(pid:int):int
GetUsedItemEnchantmentCharge(pid:int):number
GetUsedItemRefId(pid:int):string
GetUsedItemSoul(pid:int):string
HasItemEquipped(pid:int,refId:string):boolean
InitializeInventoryChanges(pid:int)
SendEquipment(pid:int)
SendInventoryChanges(pid:int,sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendItemUse(pid:int)
SetInventoryChangesAction(pid:int,action:int)
UnequipItem(pid:int,slot:int) 5
[Mechanics]
AddAlliedPlayerForPlayer(pid:int,alliedPlayerPid:int)
ClearAlliedPlayersForPlayer(pid:int)
DoesPlayerHavePlayerKiller(pid:int):boolean
GetDeathReason(pid:int):string
GetDrawState(pid:int):int
GetMarkCell(pid:int):string
GetMarkPosX(pid:int):number
GetMarkPosY(pid:int):number
GetMarkPosZ(pid:int):number
GetMarkRotX(pid:int):number
GetMarkRotZ(pid:int):number
GetMiscellaneousChangeType(pid:int):int
GetPlayerKillerMpNum(pid:int):int
GetPlayerKillerName(pid:int):string
GetPlayerKillerPid(pid:int):int
GetPlayerKillerRefId(pid:int):string
GetPlayerKillerRefNum(pid:int):int
GetPlayerKillerRefNumIndex(pid:int):int
GetSelectedSpellId(pid:int):string
GetSneakState(pid:int):boolean
Jail(pid:int,jailDays:int,ignoreJailTeleportation:boolean,ignoreJailSkillIncreases:boolean,jailProgressText:string,jailEndText:string)
Resurrect(pid:int,type:int)
SendAlliedPlayers(pid:int,sendToOtherPlayers:boolean)
SendMarkLocation(pid:int)
SendSelectedSpell(pid:int)
SetMarkCell(pid:int,cellDescription:string) 8
SetMarkPos(pid:int,x:number,y:number,z:number)
SetMarkRot(pid:int,x:number,z:number)
SetSelectedSpellId(pid:int,spellId:string)
[Miscellaneous]
GenerateRandomString(length:int):string 23
GetCurrentMpNum():int
GetLastPlayerId():int 24
GetSHA256Hash(inputString:string):string
SetCurrentMpNum(mpNum:int)
[Objects]
AddClientLocalFloat(internalIndex:int,floatValue:number)
AddClientLocalInteger(internalIndex:int,intValue:int,variableType:int)
AddContainerItem()
AddObject()
AddWorldObject()
ClearObjectList()
CopyLastObjectListToStore() 25
CopyReceivedObjectListToStore() 25
DoesObjectHaveContainer(index:int):boolean 25 26
DoesObjectHavePlayerActivating(index:int):boolean 25 26
DoesObjectHavePlayerHitting(index:int):boolean 25 26
DoesObjectHavePlayerSummoner(index:int):boolean 25 26
GetClientLocalFloatValue(objectIndex:int,variableIndex:int):number 25 26 27
GetClientLocalIntValue(objectIndex:int,variableIndex:int):int 25 26 27
GetClientLocalInternalIndex(objectIndex:int,variableIndex:int):int 25 26 27
GetClientLocalVariableType(objectIndex:int,variableIndex:int):int 25 26 27
GetClientLocalsSize(objectIndex:int):int 25 26 27
GetContainerChangesSize(objectIndex:int):int 25 26
GetContainerItemActionCount(objectIndex:int,itemIndex:int):int 25 26 28
GetContainerItemCharge(objectIndex:int,itemIndex:int):int 25 26 28
GetContainerItemCount(objectIndex:int,itemIndex:int):int 25 26 28
GetContainerItemEnchantmentCharge(objectIndex:int,itemIndex:int):number 25 26 28
GetContainerItemRefId(objectIndex:int,itemIndex:int):string 25 26 28
GetContainerItemSoul(objectIndex:int,itemIndex:int):string 25 26 28
GetEventAction():int 25
GetEventContainerSubAction():int 25
GetObjectActivatingMpNum(index:int):int 25 26
GetObjectActivatingName(index:int):string 25 26
GetObjectActivatingPid(index:int):int 25 26
GetObjectActivatingRefId(index:int):string 25 26
GetObjectActivatingRefNum(index:int):int 25 26
GetObjectChangesSize():int 25
GetObjectCharge(index:int):int 25 26
GetObjectCount(index:int):int 25 26
GetObjectDialogueChoiceTopic(index:int):string 25 26
GetObjectDialogueChoiceType(index:int):int 25 26
GetObjectDoorState(index:int):int 25 26
GetObjectEnchantmentCharge(index:int):number 25 26
GetObjectGoldPool(index:int):int 25 26
GetObjectGoldValue(index:int):int 25 26
GetObjectHitBlock(index:int):boolean 25 26
GetObjectHitDamage(index:int):number 25 26
GetObjectHitKnockdown(index:int):boolean 25 26
GetObjectHitSuccess(index:int):boolean 25 26
GetObjectHittingMpNum(index:int):int 25 26
GetObjectHittingName(index:int):string 25 26
GetObjectHittingPid(index:int):int 25 26
GetObjectHittingRefId(index:int):string 25 26
GetObjectHittingRefNum(index:int):int 25 26
GetObjectLastGoldRestockDay(index:int):int 25 26
GetObjectLastGoldRestockHour(index:int):number 25 26
GetObjectListAction():int 25
GetObjectListClientScript():string 25
GetObjectListConsoleCommand():string 25
GetObjectListContainerSubAction():int 25
GetObjectListOrigin():int 25
GetObjectListSize():int 25
GetObjectLockLevel(index:int):int 25 26
GetObjectMpNum(index:int):int 25 26
GetObjectPid(index:int):int 25 26
GetObjectPosX(index:int):number 25 26
GetObjectPosY(index:int):number 25 26
GetObjectPosZ(index:int):number 25 26
GetObjectRefId(index:int):string 25 26
GetObjectRefNum(index:int):int 25 26
GetObjectRefNumIndex(index:int):int 25 26
GetObjectRotX(index:int):number 25 26
GetObjectRotY(index:int):number 25 26
GetObjectRotZ(index:int):number 25 26
GetObjectScale(index:int):number 25 26
GetObjectSoul(index:int):string 25 26
GetObjectSoundId(index:int):string 25 26
GetObjectState(index:int):boolean 25 26
GetObjectSummonDuration(index:int):number 25 26
GetObjectSummonEffectId(index:int):number 25 26
GetObjectSummonSpellId(index:int):string 25 26
GetObjectSummonState(index:int):boolean 25 26
GetObjectSummonerMpNum(index:int):int 25 26
GetObjectSummonerPid(index:int):int 25 26
GetObjectSummonerRefId(index:int):string 25 26
GetObjectSummonerRefNum(index:int):int 25 26
GetObjectSummonerRefNumIndex(index:int):int 25 26
GetVideoFilename(index:int):string 25 26
InitializeEvent(pid:int)
InitializeObjectList(pid:int)
IsObjectDroppedByPlayer(index:int):boolean 25 26
IsObjectPlayer(index:int):boolean 25 26
ReadLastEvent()
ReadLastObjectList()
ReadReceivedObjectList()
SendClientScriptLocal(sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendConsoleCommand(sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendContainer(sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendDoorDestination(sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendDoorState(sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendObjectActivate(sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendObjectDelete(sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendObjectDialogueChoice(sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendObjectLock(sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendObjectMiscellaneous(sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendObjectMove(sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendObjectPlace(sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendObjectRestock(sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendObjectRotate(sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendObjectScale(sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendObjectSound(sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendObjectSpawn(sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendObjectState(sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendObjectTrap(sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendVideoPlay(sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SetContainerItemActionCountByIndex(objectIndex:int,itemIndex:int,actionCount:int) 25 26 28
SetContainerItemCharge(charge:int)
SetContainerItemCount(count:int)
SetContainerItemEnchantmentCharge(enchantmentCharge:number)
SetContainerItemRefId(refId:string)
SetContainerItemSoul(soul:string)
SetEventAction(action:int)
SetEventCell(cellDescription:string) 8
SetEventConsoleCommand(consoleCommand:string)
SetObjectActivatingPid(pid:int)
SetObjectCharge(charge:int)
SetObjectCount(count:int)
SetObjectDialogueChoiceTopic(topic:string)
SetObjectDialogueChoiceType(dialogueChoiceType:int)
SetObjectDisarmState(disarmState:boolean)
SetObjectDoorDestinationCell(cellDescription:string) 8
SetObjectDoorDestinationPosition(x:number,y:number,z:number)
SetObjectDoorDestinationRotation(x:number,z:number)
SetObjectDoorState(doorState:int)
SetObjectDoorTeleportState(teleportState:boolean)
SetObjectDroppedByPlayerState(dropedByPlayerState:boolean)
SetObjectEnchantmentCharge(enchantmentCharge:number)
SetObjectGoldPool(goldPool:int)
SetObjectGoldValue(goldValue:int)
SetObjectLastGoldRestockDay(day:int)
SetObjectLastGoldRestockHour(hour:number)
SetObjectListAction(action:int)
SetObjectListCell(cellDescription:string) 8
SetObjectListConsoleCommand(consoleCommand:string)
SetObjectListContainerSubAction(subAction:int)
SetObjectListPid(pid:int)
SetObjectLockLevel(lockLevel:int)
SetObjectMpNum(mpNum:int)
SetObjectPosition(x:number,y:number,z:number)
SetObjectRefId(refId:string)
SetObjectRefNum(refNum:int)
SetObjectRefNumIndex(refNum:int)
SetObjectRotation(x:number,y:number,z:number)
SetObjectScale(scale:number)
SetObjectSoul(soul:string)
SetObjectSound(soundId:string,volume:number,pitch:number)
SetObjectState(objectState:boolean)
SetObjectSummonDuration(summonDuration:number)
SetObjectSummonEffectId(summonEffectId:int)
SetObjectSummonSpellId(summonSpellId:string)
SetObjectSummonState(summonState:boolean)
SetObjectSummonerMpNum(mpNum:int)
SetObjectSummonerPid(pid:int)
SetObjectSummonerRefNum(refNum:int)
SetPlayerAsObject(pid:int)
[Positions]
GetPosX(pid:int):number
GetPosY(pid:int):number
GetPosZ(pid:int):number
GetPreviousCellPosX(pid:int):number
GetPreviousCellPosY(pid:int):number
GetPreviousCellPosZ(pid:int):number
GetRotX(pid:int):number
GetRotZ(pid:int):number
SendMomentum(pid:int)
SendPos(pid:int)
SetMomentum(pid:int,x:number,y:number,z:number)
SetPos(pid:int,x:number,y:number,z:number)
SetRot(pid:int,x:number,z:number)
[Public]
CallPublic(name:string,...:any):any
MakePublic(callback:string,name:string,returnType:string,types:string)
[Quests]
AddJournalEntry(pid:int,quest:string,index:int,actorRefId:string)
AddJournalEntryWithTimestamp(pid:int,quest:string,index:int,actorRefId:string,daysPassed:int,month:int,day:int)
AddJournalIndex(pid:int,quest:string,index:int)
ClearJournalChanges(pid:int)
GetJournalChangesSize(pid:int):int
GetJournalItemActorRefId(pid:int,index:int):string 29
GetJournalItemIndex(pid:int,index:int):int 29
GetJournalItemQuest(pid:int,index:int):string 29
GetJournalItemType(pid:int,index:int):int 29
GetReputation(pid:int):int
InitializeJournalChanges(pid:int)
SendJournalChanges(pid:int,sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendReputation(pid:int,sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SetReputation(pid:int,value:int)
[RecordsDynamic]
AddRecord()
AddRecordBodyPart()
AddRecordEffect()
AddRecordInventoryItem()
ClearRecords()
GetRecordAutoCalc(index:int):int 30 31
GetRecordBaseId(index:int):string 30 31
GetRecordCharge(index:int):int 30 31
GetRecordCost(index:int):int 30 31
GetRecordCount():int 30
GetRecordEffectArea(recordIndex:int,effectIndex:int):int 30 31 32
GetRecordEffectAttribute(recordIndex:int,effectIndex:int):int 30 31 32
GetRecordEffectCount(recordIndex:int):int 30 31 32
GetRecordEffectDuration(recordIndex:int,effectIndex:int):int 30 31 32
GetRecordEffectId(recordIndex:int,effectIndex:int):int 30 31 32
GetRecordEffectMagnitudeMax(recordIndex:int,effectIndex:int):int 30 31 32
GetRecordEffectMagnitudeMin(recordIndex:int,effectIndex:int):int 30 31 32
GetRecordEffectRangeType(recordIndex:int,effectIndex:int):int 30 31 32
GetRecordEffectSkill(recordIndex:int,effectIndex:int):int 30 31 32
GetRecordEnchantmentCharge(index:int):int 30 31
GetRecordEnchantmentId(index:int):string 30 31
GetRecordFlags(index:int):int 30 31
GetRecordIcon(index:int):string 30 31
GetRecordId(index:int):string 30 31
GetRecordModel(index:int):string 30 31
GetRecordName(index:int):string 30 31
GetRecordQuantity(index:int):int 30 31
GetRecordScript(index:int):string 30 31
GetRecordSubtype(index:int):int 30 31
GetRecordType():int 30
GetRecordValue(index:int):int 30 31
GetRecordWeight(index:int):number 30 31
SendRecordDynamic(pid:int,sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SetRecordAIAlarm(aiAlarm:int)
SetRecordAIFight(aiFight:int)
SetRecordAIFlee(aiFlee:int)
SetRecordAIServices(aiServices:int)
SetRecordArmorRating(armorRating:int)
SetRecordAutoCalc(autoCalc:int)
SetRecordBaseId(baseId:string)
SetRecordBloodType(bloodType:int)
SetRecordBodyPartIdForFemale(partId:string)
SetRecordBodyPartIdForMale(partId:string)
SetRecordBodyPartType(partType:int)
SetRecordCharge(charge:int)
SetRecordClass(charClass:string)
SetRecordCloseSound(sound:string)
SetRecordColor(red:int,green:int,blue:int)
SetRecordCost(cost:int)
SetRecordDamageChop(minDamage:int,maxDamage:int)
SetRecordDamageSlash(minDamage:int,maxDamage:int)
SetRecordDamageThrust(minDamage:int,maxDamage:int)
SetRecordEffectArea(area:int)
SetRecordEffectAttribute(attributeId:int)
SetRecordEffectDuration(duration:int)
SetRecordEffectId(effectId:int)
SetRecordEffectMagnitudeMax(magnitudeMax:int)
SetRecordEffectMagnitudeMin(magnitudeMin:int)
SetRecordEffectRangeType(rangeType:int)
SetRecordEffectSkill(skillId:int)
SetRecordEnchantmentCharge(enchantmentCharge:int)
SetRecordEnchantmentId(enchantmentId:string)
SetRecordEnchantmentIdByIndex(index:int,enchantmentId:string) 33
SetRecordFaction(faction:string)
SetRecordFatigue(fatigue:int)
SetRecordFlags(flags:int)
SetRecordFloatVariable(floatVar:number)
SetRecordGender(gender:int)
SetRecordHair(hair:string)
SetRecordHead(head:string)
SetRecordHealth(health:int)
SetRecordIcon(icon:string)
SetRecordId(id:string)
SetRecordIdByIndex(index:int,id:string) 33
SetRecordIntegerVariable(intVar:int)
SetRecordInventoryBaseId(inventoryBaseId:string)
SetRecordInventoryItemCount(count:int)
SetRecordInventoryItemId(itemId:string)
SetRecordKeyState(keyState:boolean)
SetRecordLevel(level:int)
SetRecordMagicka(magicka:int)
SetRecordMaxRange(maxRange:number)
SetRecordMinRange(minRange:number)
SetRecordModel(model:string)
SetRecordName(name:string)
SetRecordOpenSound(sound:string)
SetRecordQuality(quality:number)
SetRecordRace(race:string)
SetRecordRadius(radius:int)
SetRecordReach(reach:number)
SetRecordScale(scale:number)
SetRecordScript(script:string)
SetRecordScriptText(scriptText:string)
SetRecordScrollState(scrollState:boolean)
SetRecordSkillId(skillId:int)
SetRecordSoulValue(soulValue:int)
SetRecordSound(sound:string)
SetRecordSpeed(speed:number)
SetRecordStringVariable(stringVar:string)
SetRecordSubtype(subtype:int)
SetRecordText(text:string)
SetRecordTime(time:int)
SetRecordType(type:int)
SetRecordUses(uses:int)
SetRecordValue(value:int)
SetRecordVampireState(vampireState:boolean)
SetRecordVolume(volume:number)
SetRecordWeight(weight:number)
[Server]
AddDataFileRequirement(dataFilename:string,checksumString:string) 34
AddPluginHash(pluginName:string,checksumString:string) 34
BanAddress(ipAddress:string)
DoesFileExist(filePath:string):boolean 35
DoesFilePathExist(filePath:string):boolean 35
GetArchitectureType():string
GetAvgPing(pid:int):int
GetCaseInsensitiveFilename(folderPath:string,filename:string):string 36
GetDataFileEnforcementState():boolean
GetDataPath():string
GetIP(pid:int):string
GetMaxPlayers():int
GetMillisecondsSinceServerStart():int
GetModDir():string
GetOperatingSystemType():string
GetPluginEnforcementState():boolean
GetPort():int
GetProtocolVersion():string
GetScriptErrorIgnoringState():boolean
GetServerVersion():string
HasPassword():boolean
Kick(pid:int)
LogAppend(level:int,message:string)
LogMessage(level:int,message:string)
SetDataFileEnforcementState(state:boolean)
SetGameMode(gameMode:string)
SetHostname(name:string)
SetPluginEnforcementState(state:boolean)
SetRuleString(key:string,value:string)
SetRuleValue(key:string,value:number)
SetScriptErrorIgnoringState(state:boolean)
SetServerPassword(password:string)
StopServer(code:int)
UnbanAddress(ipAddress:string)
[Settings]
ClearGameSettingValues(pid:int)
ClearVRSettingValues(pid:int)
SendSettings(pid:int,sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SetBedRestAllowed(pid:int,state:boolean)
SetConsoleAllowed(pid:int,state:boolean)
SetDifficulty(pid:int,difficulty:int)
SetEnforcedLogLevel(pid:int,enforcedLogLevel:int)
SetGameSettingValue(pid:int,setting:string,value:string)
SetPhysicsFramerate(pid:int,physicsFramerate:number)
SetVRSettingValue(pid:int,setting:string,value:string)
SetWaitAllowed(pid:int,state:boolean)
SetWildernessRestAllowed(pid:int,state:boolean)
[Shapeshift]
GetCreatureNameDisplayState(pid:int):boolean
GetCreatureRefId(pid:int):string
GetScale(pid:int):number
IsWerewolf(pid:int):boolean
SendShapeshift(pid:int)
SetCreatureNameDisplayState(pid:int,displayState:boolean)
SetCreatureRefId(pid:int,refId:string)
SetScale(pid:int,scale:number)
SetWerewolfState(pid:int,isWerewolf:boolean)
[Spells]
AddCooldownSpell(pid:int,spellId:string,startDay:int,startHour:number)
AddSpell(pid:int,spellId:string)
AddSpellActive(pid:int,spellId:string,displayName:string,stackingState:boolean)
AddSpellActiveEffect(pid:int,effectId:int,magnitude:number,duration:number,timeLeft:number,arg:int)
ClearCooldownChanges(pid:int)
ClearSpellbookChanges(pid:int)
ClearSpellsActiveChanges(pid:int)
DoesSpellsActiveHavePlayerCaster(pid:int,index:int):boolean 37
GetCooldownChangesSize(pid:int):int
GetCooldownSpellId(pid:int,index:int):string 38
GetCooldownStartDay(pid:int,index:int):int 38
GetCooldownStartHour(pid:int,index:int):number 38
GetSpellId(pid:int,index:int):string 39
GetSpellbookChangesAction(pid:int):int
GetSpellbookChangesSize(pid:int):int
GetSpellsActiveCasterMpNum(pid:int,index:int):int 37
GetSpellsActiveCasterPid(pid:int,index:int):int 37
GetSpellsActiveCasterRefId(pid:int,index:int):string 37
GetSpellsActiveCasterRefNum(pid:int,index:int):int 37
GetSpellsActiveChangesAction(pid:int):int
GetSpellsActiveChangesSize(pid:int):int
GetSpellsActiveDisplayName(pid:int,index:int):string 37
GetSpellsActiveEffectArg(pid:int,spellIndex:int,effectIndex:int):int 40 41
GetSpellsActiveEffectCount(pid:int,index:int):int 37
GetSpellsActiveEffectDuration(pid:int,spellIndex:int,effectIndex:int):number 40 41
GetSpellsActiveEffectId(pid:int,spellIndex:int,effectIndex:int):int 40 41
GetSpellsActiveEffectMagnitude(pid:int,spellIndex:int,effectIndex:int):number 40 41
GetSpellsActiveEffectTimeLeft(pid:int,spellIndex:int,effectIndex:int):number 40 41
GetSpellsActiveId(pid:int,index:int):string 37
GetSpellsActiveStackingState(pid:int,index:int):boolean 37
InitializeSpellbookChanges(pid:int)
SendCooldownChanges(pid:int)
SendSpellbookChanges(pid:int,sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendSpellsActiveChanges(pid:int,sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SetSpellbookChangesAction(pid:int,action:int)
SetSpellsActiveChangesAction(pid:int,action:int)
[Stats]
ClearAttributeModifier(pid:int,attributeId:int)
ClearSkillModifier(pid:int,skillId:int)
GetAttributeBase(pid:int,attributeId:int):int
GetAttributeCount():int
GetAttributeDamage(pid:int,attributeId:int):number
GetAttributeId(name:string):int
GetAttributeModifier(pid:int,attributeId:int):int
GetAttributeName(attributeId:int):string
GetBirthsign(pid:int):string
GetBounty(pid:int):int
GetFatigueBase(pid:int):number
GetFatigueCurrent(pid:int):number
GetHair(pid:int):string
GetHead(pid:int):string
GetHealthBase(pid:int):number
GetHealthCurrent(pid:int):number
GetIsMale(pid:int):int
GetLevel(pid:int):int
GetLevelProgress(pid:int):int
GetMagickaBase(pid:int):number
GetMagickaCurrent(pid:int):number
GetModel(pid:int):string
GetName(pid:int):string
GetRace(pid:int):string
GetSkillBase(pid:int,skillId:int):int
GetSkillCount():int
GetSkillDamage(pid:int,skillId:int):number
GetSkillId(name:string):int
GetSkillIncrease(pid:int,attributeId:int):int 42
GetSkillModifier(pid:int,skillId:int):int
GetSkillName(skillId:int):string
GetSkillProgress(pid:int,skillId:int):number
SendAttributes(pid:int)
SendBaseInfo(pid:int)
SendBounty(pid:int)
SendLevel(pid:int)
SendSkills(pid:int)
SendStatsDynamic(pid:int)
SetAttributeBase(pid:int,attributeId:int,value:int)
SetAttributeDamage(pid:int,attributeId:int,value:number)
SetBirthsign(pid:int,name:string)
SetBounty(pid:int,value:int)
SetCharGenStage(pid:int,currentStage:int,endStage:int)
SetFatigueBase(pid:int,value:number)
SetFatigueCurrent(pid:int,value:number)
SetHair(pid:int,hairstyle:string)
SetHead(pid:int,head:string)
SetHealthBase(pid:int,value:number)
SetHealthCurrent(pid:int,value:number)
SetIsMale(pid:int,state:int)
SetLevel(pid:int,value:int)
SetLevelProgress(pid:int,value:int)
SetMagickaBase(pid:int,value:number)
SetMagickaCurrent(pid:int,value:number)
SetModel(pid:int,model:string)
SetName(pid:int,name:string)
SetRace(pid:int,race:string)
SetResetStats(pid:int,resetStats:boolean)
SetSkillBase(pid:int,skillId:int,value:int)
SetSkillDamage(pid:int,skillId:int,value:number)
SetSkillIncrease(pid:int,attributeId:int,value:int) 42
SetSkillProgress(pid:int,skillId:int,value:number)
[Timer]
CreateTimer(callback:string,msec:int):int 43
CreateTimerEx(callback:string,msec:int,types:string,...:any):int 43
FreeTimer(timerId:int)
IsTimerElapsed(timerId:int):boolean 44
RestartTimer(timerId:int,msec:int) 44
StartTimer(timerId:int)
StopTimer(timerId:int) 44
[Worldstate]
AddCellToReset(cellDescription:string) 8
AddClientGlobalFloat(id:string,floatValue:number)
AddClientGlobalInteger(id:string,intValue:int,variableType:int)
AddDestinationOverride(oldCellDescription:string,newCellDescription:string) 45 46
AddEnforcedCollisionRefId(refId:string)
AddKill(refId:string,number:int)
AddSynchronizedClientGlobalId(globalId:string)
AddSynchronizedClientScriptId(scriptId:string)
ClearCellsToReset()
ClearClientGlobals()
ClearDestinationOverrides()
ClearEnforcedCollisionRefIds()
ClearKillChanges()
ClearMapChanges()
ClearSynchronizedClientGlobalIds()
ClearSynchronizedClientScriptIds()
CopyLastWorldstateToStore() 47
CopyReceivedWorldstateToStore() 47
GetClientGlobalFloatValue(index:int):number 47 48
GetClientGlobalId(index:int):string 47 48
GetClientGlobalIntValue(index:int):int 47 48
GetClientGlobalVariableType(index:int):int 47 48
GetClientGlobalsSize():int 47
GetKillChangesSize():int 47
GetKillNumber(index:int):int 47 48
GetKillRefId(index:int):string 47 48
GetMapChangesSize():int 47
GetMapTileCellX(index:int):int 47 48
GetMapTileCellY(index:int):int 47 48
GetWeatherCurrent():int 47
GetWeatherNext():int 47
GetWeatherQueued():int 47
GetWeatherRegion():string 47
GetWeatherTransitionFactor():number 47
LoadMapTileImageFile(cellX:int,cellY:int,filePath:string)
ReadLastWorldstate()
ReadReceivedWorldstate()
SaveMapTileImageFile(index:int,filePath:string) 47 48
SendCellReset(pid:int,sendToOtherPlayers:boolean)
SendClientScriptGlobal(pid:int,sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendClientScriptSettings(pid:int,sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendWorldCollisionOverride(pid:int,sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendWorldDestinationOverride(pid:int,sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendWorldKillCount(pid:int,sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendWorldMap(pid:int,sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendWorldRegionAuthority(pid:int)
SendWorldTime(pid:int,sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SendWorldWeather(pid:int,sendToOtherPlayers:boolean,skipAttachedPlayer:boolean)
SetActorCollisionState(state:boolean)
SetAuthorityRegion(authorityRegion:string)
SetDay(day:int)
SetDaysPassed(daysPassed:int)
SetHour(hour:number)
SetMonth(month:int)
SetPlacedObjectCollisionState(state:boolean)
SetPlayerCollisionState(state:boolean)
SetTimeScale(timeScale:number)
SetWeatherCurrent(currentWeather:int)
SetWeatherForceState(forceState:boolean)
SetWeatherNext(nextWeather:int)
SetWeatherQueued(queuedWeather:int)
SetWeatherRegion(region:string)
SetWeatherTransitionFactor(transitionFactor:number)
SetYear(year:int)
UseActorCollisionForPlacedObjects(useActorCollision:boolean)
]]
